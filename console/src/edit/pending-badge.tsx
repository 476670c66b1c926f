// SPDX-License-Identifier: GPL-3.0-or-later
import { useQuery } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { statusQuery } from "../api/status";
import { Badge } from "../components/badge";

interface Props {
  object: "driver" | "printer";
  id: number;
}

/** Whether the open edit has brought or changed this driver. */
export function PendingBadge({ object, id }: Props) {
  const { t } = useTranslation();
  const { data: status } = useQuery(statusQuery);
  const changes = status?.edit?.changes.filter((change) => change.object === object && change.driver_id === id) ?? [];
  if (changes.length === 0) return null;
  const isNew = changes.some(({ kind }) => kind === "import");
  return <Badge tone="warn">{t(isNew ? "edit.pendingImport" : "edit.pendingUpdate")}</Badge>;
}
