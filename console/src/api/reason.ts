// SPDX-License-Identifier: GPL-3.0-or-later
import { useQuery } from "@tanstack/react-query";
import { type Role, useRoleReason } from "./role";
import { type ActionName, refusal, statusQuery } from "./status";

/** Why whoever is signed in cannot do this to the disk now: the role, or what the server says. */
export function useReason(action: ActionName, role: Role = "operator"): string | undefined {
  const { data: status } = useQuery(statusQuery);
  return useRoleReason(role) ?? refusal(status, action);
}
