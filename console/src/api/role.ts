// SPDX-License-Identifier: GPL-3.0-or-later
import { useQuery } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { sessionQuery } from "./session";

export type Role = "viewer" | "operator" | "administrator";
const ORDER: readonly Role[] = ["viewer", "operator", "administrator"];

export const roleOf = (name: string | undefined): Role | undefined => ORDER.find((role) => role === name);

/** Whether whoever is signed in has at least this role. */
export function useAllowed(role: Role): boolean {
  const session = useQuery(sessionQuery);
  const own = roleOf(session.data?.role);
  return own !== undefined && ORDER.indexOf(own) >= ORDER.indexOf(role);
}

/** Why whoever is signed in may not do what needs this role; `undefined` when they may. */
export function useRoleReason(role: Role): string | undefined {
  const { t } = useTranslation();
  return useAllowed(role) ? undefined : t("common.needsRole", { role: t(`role.${role}`) });
}
