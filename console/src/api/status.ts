// SPDX-License-Identifier: GPL-3.0-or-later
import { queryOptions, useQuery } from "@tanstack/react-query";
import { answered, client, type Wire } from "./client";
import { sessionQuery } from "./session";

export type Status = Wire<"Status">;
export type Change = Wire<"Change">;
export type Operation = Wire<"Operation">;

/** `mount_status` on the wire. */
export const MountStatus = { normal: 1, merging: 2, error: 3, restoring: 4 } as const;

/** Names of what may be done, as the server's `allowed_actions` has them. */
export type ActionName =
  | "edit"
  | "import"
  | "delete"
  | "save"
  | "discard"
  | "take_over"
  | "rollback"
  | "grow"
  | "restore"
  | "auto_update";

export const statusQuery = queryOptions({
  queryKey: ["status"],
  queryFn: () => answered(client.GET("/api/v1/status")),
});

export const beginEdit = () => answered(client.POST("/api/v1/edit"));
export const discardEdit = () => answered(client.DELETE("/api/v1/edit"));
export const takeOver = () => answered(client.POST("/api/v1/edit/take-over"));
export const save = (note: string) =>
  answered(client.POST("/api/v1/save", { body: { note: note.trim() === "" ? null : note.trim() } }));
export const setAutoUpdate = (on: boolean) =>
  answered(client.POST("/thor/voi/driver/mount", { body: { is_auto_update: on } }));

/** Who else is editing; `undefined` when nobody does, or whoever is signed in. */
export function useOtherEditor(): string | undefined {
  const holder = useQuery(statusQuery).data?.edit?.held_by ?? undefined;
  const own = useQuery(sessionQuery).data?.name;
  return holder === own ? undefined : holder;
}

/** Why an action may not be done now; `undefined` when it may, or when that is not known yet. */
export function refusal(status: Status | undefined, action: ActionName): string | undefined {
  const found = status?.allowed_actions.find((known) => known.action === action);
  return found && !found.allowed ? (found.reason ?? undefined) : undefined;
}
