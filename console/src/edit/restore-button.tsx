// SPDX-License-Identifier: GPL-3.0-or-later
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { jobQuery } from "../api/jobs";
import { beginPlan } from "../api/restore";
import { useReason } from "../api/reason";
import { useAction } from "../api/use-action";
import { ActionButton } from "../components/action-button";
import { RestoreDialog } from "./restore-dialog";

/** How often a running check is looked at where events do not come in. */
const LOOK_MS = 1500;

/** 恢复: works out what a restore would do, shows it, and begins when the user agrees. */
export function RestoreButton() {
  const { t } = useTranslation();
  const [job, setJob] = useState<string>();
  const plan = useAction(beginPlan, { done: ({ id }) => setJob(id), refresh: ["jobs"] });
  const looked = useQuery({
    ...jobQuery(job ?? ""),
    enabled: job !== undefined,
    refetchInterval: ({ state }) => (state.data?.state === "running" ? LOOK_MS : false),
  });
  const isChecking = plan.isPending || (job !== undefined && (!looked.data || looked.data.state === "running"));
  return (
    <>
      <ActionButton
        type="primary"
        reason={useReason("restore")}
        loading={isChecking}
        onClick={() => plan.mutate()}
      >
        {t(isChecking ? "edit.restoreChecking" : "edit.restore")}
      </ActionButton>
      <RestoreDialog job={isChecking ? undefined : looked.data} close={() => setJob(undefined)} />
    </>
  );
}
