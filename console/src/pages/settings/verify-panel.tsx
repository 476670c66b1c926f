// SPDX-License-Identifier: GPL-3.0-or-later
import { useQuery } from "@tanstack/react-query";
import { Alert, Checkbox, Progress } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { jobQuery } from "../../api/jobs";
import { beginVerify, verifyReportQuery } from "../../api/restore";
import { useRoleReason } from "../../api/role";
import { useAction } from "../../api/use-action";
import { ActionButton } from "../../components/action-button";
import { DamageList } from "../../components/damage-list";
import { Loaded } from "../../components/loaded";
import { Panel } from "../../components/panel";
import { percent } from "../../format/bytes";
import styles from "./settings.module.css";

/** How often a running job is looked at where events do not come in. */
const LOOK_MS = 1500;

/** Reads and compares the whole disk, and shows what is found. */
export function VerifyPanel() {
  const { t } = useTranslation();
  const role = useRoleReason("viewer");
  const [deep, setDeep] = useState(false);
  const [id, setId] = useState<string>();
  const begin = useAction(beginVerify, { done: (job) => setId(job.id), refresh: ["jobs"] });
  const { data: job } = useQuery({
    ...jobQuery(id ?? ""),
    enabled: id !== undefined,
    refetchInterval: ({ state }) => (state.data?.state === "running" ? LOOK_MS : false),
  });
  const isRunning = begin.isPending || (id !== undefined && (!job || job.state === "running"));
  return (
    <Panel title={t("settings.verify")}>
      <p className={styles.lead}>{t("settings.verifyLead")}</p>
      <div className={styles.verify}>
        <ActionButton reason={role} loading={isRunning} onClick={() => begin.mutate(deep)}>
          {t(isRunning ? "settings.verifyRunning" : "settings.verifyStart")}
        </ActionButton>
        <Checkbox checked={deep} disabled={isRunning} onChange={(event) => setDeep(event.target.checked)}>
          {t("settings.verifyDeep")}
        </Checkbox>
      </div>
      {job?.state === "running" && job.total > 0 && (
        <Progress percent={percent(job.done, job.total)} status="active" aria-label={t("settings.verifyRunning")} />
      )}
      {job && job.state !== "running" && job.state !== "succeeded" && (
        <Alert type="error" showIcon title={job.message ?? t("settings.verifyFailed")} />
      )}
      {job?.state === "succeeded" && <Report job={job.id} />}
    </Panel>
  );
}

function Report({ job }: { job: string }) {
  const { t } = useTranslation();
  const report = useQuery(verifyReportQuery(job));
  return (
    <Loaded query={report}>
      {({ findings, version }) =>
        findings.length === 0 ? (
          <Alert type="success" showIcon title={t("settings.verifyGood", { version })} />
        ) : (
          <>
            <Alert type="error" showIcon title={t("settings.verifyBad", { count: findings.length })} />
            <DamageList findings={findings} />
          </>
        )
      }
    </Loaded>
  );
}
