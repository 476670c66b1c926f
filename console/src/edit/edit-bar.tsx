// SPDX-License-Identifier: GPL-3.0-or-later
import { Button, Skeleton } from "antd";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { useReason } from "../api/reason";
import { MountStatus, type Status, statusQuery, useOtherEditor } from "../api/status";
import { When } from "../components/when";
import { AutoUpdateSwitch } from "./auto-update-switch";
import { BeginButton } from "./begin-button";
import { ChangeList } from "./change-list";
import { DiscardButton } from "./discard-button";
import { DiskTrouble } from "./disk-trouble";
import styles from "./edit-bar.module.css";
import { SaveButton } from "./save-button";

/** State of the disk with all that may be done about it: manage, save, discard, restore, automatic update. */
export function EditBar() {
  const { data: status } = useQuery(statusQuery);
  if (!status) return <Skeleton active title={false} paragraph={{ rows: 2 }} />;
  if (status.mount_status !== MountStatus.normal) return <DiskTrouble status={status} />;
  return status.edit ? <Editing status={status} /> : <Idle status={status} />;
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
      <BeginButton />
    </div>
  );
}

function Editing({ status }: { status: Status }) {
  const { t } = useTranslation();
  const [isOpen, setOpen] = useState(false);
  const changes = status.edit?.changes ?? [];
  const count = changes.length;
  return (
    <div className={`${styles.bar} ${styles.editing}`}>
      <div className={styles.words}>
        <span>
          <strong>
            {t("edit.editing")} · {count === 0 ? t("edit.noPending") : t("edit.pending", { count })}
          </strong>{" "}
          {count > 0 && (
            <Button type="link" size="small" aria-expanded={isOpen} onClick={() => setOpen(!isOpen)}>
              {t(isOpen ? "edit.hideChanges" : "edit.showChanges")}
            </Button>
          )}
        </span>
        <Standing status={status} />
      </div>
      <AutoUpdateSwitch status={status} />
      <DiscardButton status={status} />
      <SaveButton status={status} />
      {isOpen && count > 0 && (
        <div className={styles.changes}>
          <ChangeList changes={changes} />
        </div>
      )}
    </div>
  );
}

/** Why the changes cannot be saved now; otherwise whose they are. That somebody else edits is said above. */
function Standing({ status }: { status: Status }) {
  const { t } = useTranslation();
  const reason = useReason("save");
  const isHeld = useOtherEditor() !== undefined;
  if (reason !== undefined && !isHeld && status.edit?.changes.length) return <span className={styles.refused}>{reason}</span>;
  if (!status.edit) return null;
  return (
    <span className={styles.soft}>
      {t("edit.openedBy", { name: status.edit.opened_by })} · <When at={status.edit.opened_at} />
    </span>
  );
}
