// SPDX-License-Identifier: GPL-3.0-or-later
import { App } from "antd";
import { useEffect, useRef } from "react";
import { useTranslation } from "react-i18next";
import { MountStatus, type Status } from "../api/status";

/**
 * Tells how a save or restore that this page saw running has ended; `restored` gets the restore. A failure is shown by
 * the state itself.
 */
export function useOutcome(status: Status | undefined, restored: (operation: number) => void): void {
  const { t } = useTranslation();
  const { message } = App.useApp();
  const before = useRef<Status>(undefined);
  useEffect(() => {
    const previous = before.current;
    before.current = status;
    if (!previous || !status || status.mount_status !== MountStatus.normal) return;
    if (previous.mount_status === MountStatus.restoring && previous.operation) restored(previous.operation.id);
    else if (status.version > previous.version) void message.success(t("edit.saved", { number: status.version }));
    else if (previous.mount_status === MountStatus.merging) void message.info(t("edit.nothingSaved"));
  }, [status, restored, message, t]);
}
