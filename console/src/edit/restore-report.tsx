// SPDX-License-Identifier: GPL-3.0-or-later
import { useQuery } from "@tanstack/react-query";
import { Button, Modal } from "antd";
import { useTranslation } from "react-i18next";
import { restoreReportQuery } from "../api/restore";
import { DamageList } from "../components/damage-list";
import { Loaded } from "../components/loaded";
import styles from "./dialog.module.css";

/** What the restore that has just ended has found and done. */
export function RestoreReport({ operation, close }: { operation: number | undefined; close: () => void }) {
  const { t } = useTranslation();
  const report = useQuery({ ...restoreReportQuery(operation ?? 0), enabled: operation !== undefined });
  return (
    <Modal
      open={operation !== undefined}
      title={t("edit.restored")}
      width={600}
      onCancel={close}
      footer={
        <Button type="primary" onClick={close}>
          {t("common.close")}
        </Button>
      }
    >
      <Loaded query={report}>
        {({ findings, done }) => (
          <div className={styles.content}>
            {findings.length > 0 && (
              <>
                <h3 className={styles.heading}>{t("edit.restoreFound")}</h3>
                <DamageList findings={findings} isMended />
              </>
            )}
            <h3 className={styles.heading}>{t("edit.restoreDone")}</h3>
            <ul className={styles.steps}>
              {done.length === 0 ? <li>{t("edit.restoreNothing")}</li> : done.map((line) => <li key={line}>{line}</li>)}
            </ul>
          </div>
        )}
      </Loaded>
    </Modal>
  );
}
