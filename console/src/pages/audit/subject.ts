// SPDX-License-Identifier: GPL-3.0-or-later
import type { AuditEntry } from "../../api/audit";

/** How many terminals an entry is about, where the server wrote their number for a subject. */
export function terminalsIn(subject: string): number | undefined {
  const number = /^(\d+) terminals?$/.exec(subject)?.[1];
  return number === undefined ? undefined : Number(number);
}

/** The one terminal that an entry is about. Older ones of an enrolment have its id for a subject, and its name for who did it. */
export function terminalOf({ action, subject, actor, detail }: AuditEntry): { id?: string; name: string } {
  if (!action.startsWith("terminal.")) return { name: subject };
  const { terminal, terminals } = parsed(detail);
  const id = terminal ?? (terminals?.length === 1 ? terminals[0] : undefined);
  if (id !== undefined) return { id, name: subject };
  return action.startsWith("terminal.enrol") ? { id: subject, name: actor } : { name: subject };
}

/** What of the particulars names terminals. */
function parsed(detail: string): { terminal?: string; terminals?: string[] } {
  try {
    return (JSON.parse(detail || "{}") ?? {}) as { terminal?: string; terminals?: string[] };
  } catch {
    return {};
  }
}
