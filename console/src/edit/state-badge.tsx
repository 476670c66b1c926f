// SPDX-License-Identifier: GPL-3.0-or-later
import { useTranslation } from "react-i18next";
import { MountStatus, type Status } from "../api/status";
import { Badge } from "../components/badge";

const LOOKS = {
  [MountStatus.normal]: ["good", "normal"],
  [MountStatus.merging]: ["busy", "merging"],
  [MountStatus.error]: ["bad", "error"],
  [MountStatus.restoring]: ["busy", "restoring"],
} as const;

/** The state of the disk in one word; an open edit is told in place of "normal". */
export function StateBadge({ status }: { status: Status }) {
  const { t } = useTranslation();
  if (status.mount_status === MountStatus.normal && status.edit) {
    return <Badge tone="warn">{t("state.editing")}</Badge>;
  }
  const [tone, name] = LOOKS[status.mount_status as keyof typeof LOOKS] ?? LOOKS[MountStatus.error];
  return <Badge tone={tone}>{t(`state.${name}`)}</Badge>;
}
