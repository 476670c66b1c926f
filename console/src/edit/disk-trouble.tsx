// SPDX-License-Identifier: GPL-3.0-or-later
import { Alert } from "antd";
import { useTranslation } from "react-i18next";
import { MountStatus, type Status } from "../api/status";
import styles from "./edit-bar.module.css";
import { OperationProgress } from "./operation-progress";
import { RestoreButton } from "./restore-button";

/** While the disk is saved or restored, how far that is; in the state of error, why and the way out. */
export function DiskTrouble({ status }: { status: Status }) {
  if (status.mount_status === MountStatus.error) return <Broken status={status} />;
  return <Working status={status} />;
}

function Working({ status }: { status: Status }) {
  const { t } = useTranslation();
  return (
    <div className={`${styles.bar} ${styles.working}`}>
      <OperationProgress operation={status.operation} title={t(titleOf(status))} />
    </div>
  );
}

/** A rollback and growing are saves for the disk, but not for whoever has begun them. */
function titleOf(status: Status) {
  if (status.mount_status === MountStatus.restoring) return "edit.restoring";
  if (status.operation?.kind === "rollback") return "edit.rollingBack";
  return status.operation?.kind === "grow" ? "edit.growing" : "edit.merging";
}

function Broken({ status }: { status: Status }) {
  const { t } = useTranslation();
  return (
    <Alert
      className={styles.place}
      type="error"
      showIcon
      title={t("edit.errorTitle")}
      description={
        <>
          {status.problem && <p className={styles.problem}>{status.problem}</p>}
          {t("edit.errorHint")}
        </>
      }
      action={<RestoreButton />}
    />
  );
}
