// SPDX-License-Identifier: GPL-3.0-or-later
import { App } from "antd";
import { useTranslation } from "react-i18next";
import { useRoleReason } from "../api/role";
import { type Status, otherEditor, takeOver } from "../api/status";
import { useAction } from "../api/use-action";
import { ActionButton } from "../components/action-button";

/** 接管编辑: makes the edit of somebody else one's own, with all that was changed in it. Shown only then. */
export function TakeOverButton({ status }: { status: Status }) {
  const { t } = useTranslation();
  const { message, modal } = App.useApp();
  const role = useRoleReason("administrator");
  const name = otherEditor(status);
  const action = useAction(takeOver, {
    refresh: ["status"],
    done: () => void message.success(t("edit.takenOver")),
  });
  if (name === undefined) return null;
  const ask = () =>
    modal.confirm({
      title: t("edit.takeOverTitle", { name }),
      content: t("edit.takeOverText", { name, count: status.edit?.changes.length ?? 0 }),
      okText: t("edit.takeOver"),
      onOk: () => action.mutateAsync(undefined).catch(() => undefined),
    });
  return (
    <ActionButton reason={role} loading={action.isPending} onClick={() => void ask()}>
      {t("edit.takeOver")}
    </ActionButton>
  );
}
