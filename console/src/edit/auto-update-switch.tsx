// SPDX-License-Identifier: GPL-3.0-or-later
import { App, Switch, Tooltip } from "antd";
import { useId } from "react";
import { useTranslation } from "react-i18next";
import { useReason } from "../api/reason";
import { setAutoUpdate, type Status } from "../api/status";
import { useAction } from "../api/use-action";
import styles from "./edit-bar.module.css";

/** Whether terminals take new versions by themselves. Switching it on sets terminals in motion, so that is asked. */
export function AutoUpdateSwitch({ status }: { status: Status }) {
  const { t } = useTranslation();
  const { message, modal } = App.useApp();
  const label = useId();
  const reason = useReason("auto_update");
  const action = useAction(setAutoUpdate, {
    refresh: ["status"],
    done: () => void message.success(t("edit.autoUpdateDone")),
  });
  const ask = () =>
    modal.confirm({
      title: t("edit.autoUpdateTurnOn"),
      content: t("edit.autoUpdateTurnOnText"),
      onOk: () => action.mutate(true),
    });
  const hint = t(status.is_auto_update ? "edit.autoUpdateOn" : "edit.autoUpdateOff");
  return (
    <Tooltip title={reason ?? hint}>
      <span className={styles.switch}>
        <span id={label}>{t("edit.autoUpdate")}</span>
        <Switch
          aria-labelledby={label}
          checked={status.is_auto_update}
          loading={action.isPending}
          // Not `disabled`: the keyboard would not get here, and nobody would hear why.
          {...(reason !== undefined && { "aria-disabled": true, "aria-description": reason, className: styles.off })}
          onChange={(on) => {
            if (reason === undefined) return on ? void ask() : action.mutate(false);
          }}
        />
      </span>
    </Tooltip>
  );
}
