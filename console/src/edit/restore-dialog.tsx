// SPDX-License-Identifier: GPL-3.0-or-later
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { Alert, Checkbox } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { Job } from "../api/jobs";
import { planQuery, restore, type RestorePlan } from "../api/restore";
import type { Status } from "../api/status";
import { useAction } from "../api/use-action";
import { DamageList } from "../components/damage-list";
import { FormDialog } from "../components/form-dialog";
import { Loaded } from "../components/loaded";
import styles from "./dialog.module.css";

interface Props {
  /** The check that has ended; without one nothing is shown. */
  job: Job | undefined;
  close: () => void;
}

/** What a restore has to mend and how; what would be lost has to be agreed to. */
export function RestoreDialog({ job, close }: Props) {
  const { t } = useTranslation();
  const [accepts, setAccepts] = useState(false);
  const isPlanned = job?.state === "succeeded";
  const plan = useQuery({ ...planQuery(job?.id ?? ""), enabled: isPlanned });
  const queries = useQueryClient();
  const action = useAction(restore, {
    quiet: true,
    refresh: ["status"],
    done: (operation) => {
      // As an event would: whoever began it sees its report, however fast it is over.
      queries.setQueryData<Status>(["status"], (status) => status && { ...status, operation });
      close();
    },
  });
  const loses = (plan.data?.lost.length ?? 0) > 0;
  const isRefused = plan.data?.action === "refuse";
  const isReady = !isPlanned || (plan.data !== undefined && !isRefused && (!loses || accepts));
  return (
    <FormDialog
      isOpen={job !== undefined}
      title={t("edit.restoreTitle")}
      width={600}
      okText={t("edit.restoreStart")}
      isReady={isReady}
      isDanger={loses}
      work={action}
      onOk={() => action.mutate(accepts)}
      close={() => (setAccepts(false), close())}
    >
      <div className={styles.content}>
        {job && !isPlanned && <Alert type="warning" showIcon title={job.message ?? t("edit.restoreUnplanned")} />}
        {isPlanned && <Loaded query={plan}>{(known) => <Plan plan={known} />}</Loaded>}
        {loses && (
          <Checkbox checked={accepts} onChange={(event) => setAccepts(event.target.checked)}>
            {t("edit.restoreAccept")}
          </Checkbox>
        )}
      </div>
    </FormDialog>
  );
}

function Plan({ plan }: { plan: RestorePlan }) {
  const { t } = useTranslation();
  return (
    <>
      <h3 className={styles.heading}>{t("edit.restoreFound")}</h3>
      {plan.findings.length > 0 ? <DamageList findings={plan.findings} /> : <p>{t("edit.restoreNothing")}</p>}
      {plan.steps.length > 0 && (
        <>
          <h3 className={styles.heading}>{t("edit.restoreSteps")}</h3>
          <ol className={styles.steps}>
            {plan.steps.map((step) => (
              <li key={step}>{step}</li>
            ))}
          </ol>
        </>
      )}
      {plan.lost.length > 0 && (
        <Alert type="error" showIcon title={t("edit.restoreLost")} description={plan.lost.join(t("common.listSeparator"))} style={{ marginBottom: 12 }} />
      )}
    </>
  );
}
