// SPDX-License-Identifier: GPL-3.0-or-later
import type { Terminal } from "../../api/terminals";

export interface Tally {
  identical: number;
  busy: number;
  behind: number;
  error: number;
}

/** Each terminal once, by what matters most about it. */
export function tally(terminals: readonly Terminal[]): Tally {
  const counts: Tally = { identical: 0, busy: 0, behind: 0, error: 0 };
  for (const terminal of terminals) counts[kindOf(terminal)] += 1;
  return counts;
}

function kindOf({ identical, state }: Terminal): keyof Tally {
  if (state === "error") return "error";
  if (state === "downloading" || state === "applying" || state === "waiting") return "busy";
  return identical ? "identical" : "behind";
}
