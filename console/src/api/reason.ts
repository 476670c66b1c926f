// SPDX-License-Identifier: GPL-3.0-or-later
import { useQuery } from "@tanstack/react-query";
import { type ActionName, refusal, statusQuery } from "./status";

/** Why whoever is signed in cannot do this to the disk now, as the server says: the role, the state, somebody else's edit. */
export function useReason(action: ActionName): string | undefined {
  const { data: status } = useQuery(statusQuery);
  return refusal(status, action);
}
