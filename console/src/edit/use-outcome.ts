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
  /** The last state at rest, and what has been seen running since. */
  const rest = useRef<Status>(undefined);
  const running = useRef<Status>(undefined);
  useEffect(() => {
    if (!status) return;
    if (status.mount_status !== MountStatus.normal) {
      running.current = status;
      return;
    }
    const [before, ran] = [rest.current, running.current];
    [rest.current, running.current] = [status, undefined];
    // By the operation, of which events tell at once: the state that goes with it may have passed before it was asked for.
    if (ran?.operation?.kind === "restore") restored(ran.operation.id);
    // The number goes up before the save ends, so one that was seen running says nothing of it.
    else if (before && status.version > before.version) void message.success(t("edit.saved", { number: status.version }));
    else if (before && ran?.mount_status === MountStatus.merging) void message.info(t("edit.nothingSaved"));
  }, [status, restored, message, t]);
}
