// SPDX-License-Identifier: GPL-3.0-or-later
import { Alert, Skeleton } from "antd";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { MountStatus, type Status, statusQuery } from "../api/status";
import { When } from "../components/when";
import { AutoUpdateSwitch } from "./auto-update-switch";
import { DiscardButton } from "./discard-button";
import styles from "./edit-bar.module.css";
import { OperationProgress } from "./operation-progress";
import { RestoreButton } from "./restore-button";
import { RestoreReport } from "./restore-report";
import { SaveButton } from "./save-button";
import { BeginButton } from "./begin-button";
import { useOutcome } from "./use-outcome";

/** State of the disk with all that may be done about it: manage, save, discard, restore, automatic update. */
export function EditBar() {
  const { data: status } = useQuery(statusQuery);
  const [restored, setRestored] = useState<number>();
  useOutcome(status, setRestored);
  if (!status) return <Skeleton active title={false} paragraph={{ rows: 2 }} />;
  return (
    <div className={styles.place}>
      {content(status)}
      <RestoreReport operation={restored} close={() => setRestored(undefined)} />
    </div>
  );
}

function content(status: Status) {
  switch (status.mount_status) {
    case MountStatus.error:
      return <Broken status={status} />;
    case MountStatus.merging:
    case MountStatus.restoring:
      return <Working status={status} />;
    default:
      return status.edit ? <Editing status={status} /> : <Idle status={status} />;
  }
}

function Idle({ status }: { status: Status }) {
  const { t } = useTranslation();
  return (
    <div className={styles.bar}>
      <div className={styles.words}>
        <strong>{t("edit.idle")}</strong>
        <span className={styles.soft}>{t("edit.idleHint")}</span>
      </div>
      <AutoUpdateSwitch status={status} />
      <BeginButton status={status} />
    </div>
  );
}

function Editing({ status }: { status: Status }) {
  const { t } = useTranslation();
  const count = status.edit?.changes.length ?? 0;
  return (
    <div className={`${styles.bar} ${styles.editing}`}>
      <div className={styles.words}>
        <strong>
          {t("edit.editing")} · {count === 0 ? t("edit.noPending") : t("edit.pending", { count })}
        </strong>
        {status.edit && (
          <span className={styles.soft}>
            {t("edit.openedBy", { name: status.edit.opened_by })} <When at={status.edit.opened_at} />
          </span>
        )}
      </div>
      <AutoUpdateSwitch status={status} />
      <DiscardButton status={status} />
      <SaveButton status={status} />
    </div>
  );
}

function Working({ status }: { status: Status }) {
  const { t } = useTranslation();
  const title = t(status.mount_status === MountStatus.merging ? "edit.merging" : "edit.restoring");
  return (
    <div className={`${styles.bar} ${styles.working}`}>
      <OperationProgress operation={status.operation} title={title} />
    </div>
  );
}

function Broken({ status }: { status: Status }) {
  const { t } = useTranslation();
  return (
    <Alert
      type="error"
      showIcon
      title={t("edit.errorTitle")}
      description={
        <>
          {status.problem && <p className={styles.problem}>{status.problem}</p>}
          {t("edit.errorHint")}
        </>
      }
      action={<RestoreButton status={status} />}
    />
  );
}
