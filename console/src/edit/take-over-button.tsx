// SPDX-License-Identifier: GPL-3.0-or-later
import { App } from "antd";
import { useTranslation } from "react-i18next";
import { useReason } from "../api/reason";
import { type Status, takeOver, useOtherEditor } from "../api/status";
import { useAction } from "../api/use-action";
import { ActionButton } from "../components/action-button";

/** 接管编辑: makes the edit of somebody else one's own, with all that was changed in it. Shown only then. */
export function TakeOverButton({ status }: { status: Status }) {
  const { t } = useTranslation();
  const { message, modal } = App.useApp();
  const reason = useReason("take_over");
  const name = useOtherEditor();
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
    <ActionButton reason={reason} loading={action.isPending} onClick={() => void ask()}>
      {t("edit.takeOver")}
    </ActionButton>
  );
}
