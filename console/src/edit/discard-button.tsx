// SPDX-License-Identifier: GPL-3.0-or-later
import { App } from "antd";
import { useTranslation } from "react-i18next";
import { useReason } from "../api/reason";
import { discardEdit, type Status } from "../api/status";
import { useAction } from "../api/use-action";
import { ActionButton } from "../components/action-button";
import { ChangeList } from "./change-list";
import styles from "./dialog.module.css";

/** 放弃: shows what would be lost, then brings the last saved state back. */
export function DiscardButton({ status }: { status: Status }) {
  const { t } = useTranslation();
  const { message, modal } = App.useApp();
  const changes = status.edit?.changes ?? [];
  const action = useAction(discardEdit, {
    refresh: ["status", "drivers", "printers", "files"],
    done: () => void message.success(t("edit.discarded")),
  });
  const ask = () =>
    modal.confirm({
      title: t("edit.discardTitle"),
      width: 560,
      okText: t("edit.discardOk"),
      okButtonProps: { danger: true },
      content: (
        <div className={styles.content}>
          <p>
            {changes.length === 0
              ? t("edit.discardEmpty")
              : t("edit.discardText", { count: changes.length, version: status.version })}
          </p>
          {changes.length > 0 && <ChangeList changes={changes} />}
        </div>
      ),
      onOk: () => action.mutateAsync(undefined).catch(() => undefined),
    });
  return (
    <ActionButton reason={useReason("discard")} loading={action.isPending} onClick={() => void ask()}>
      {t("edit.discard")}
    </ActionButton>
  );
}
