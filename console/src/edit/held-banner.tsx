// SPDX-License-Identifier: GPL-3.0-or-later
import { Alert } from "antd";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useEffect } from "react";
import { useTranslation } from "react-i18next";
import { statusQuery, useOtherEditor } from "../api/status";
import { TakeOverButton } from "./take-over-button";

/** A little later than the server says, so that it has ended by its clock, too. */
const GRACE_MS = 2000;
/** Longest time that a browser's timer can be set to. */
const TIMER_MS_MAX = 2 ** 31 - 1;

/** On every page: that somebody else is editing, for as long as that is so. */
export function HeldBanner() {
  const { t } = useTranslation();
  const queries = useQueryClient();
  const { data: status } = useQuery(statusQuery);
  const name = useOtherEditor();
  const until = name === undefined ? undefined : status?.edit?.held_until;
  useEffect(() => {
    if (!until) return;
    const wait = Math.max(0, Date.parse(until) - Date.now()) + GRACE_MS;
    const timer = setTimeout(() => void queries.invalidateQueries({ queryKey: ["status"] }), Math.min(wait, TIMER_MS_MAX));
    return () => clearTimeout(timer);
  }, [until, queries]);
  if (!status || name === undefined) return null;
  return (
    <Alert
      banner
      type="info"
      title={t("edit.heldBy", { name })}
      action={<TakeOverButton status={status} />}
      style={{ marginBottom: 16, borderRadius: 6 }}
    />
  );
}
