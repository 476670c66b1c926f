// SPDX-License-Identifier: GPL-3.0-or-later
import type { Targets, Terminal, TerminalFilter } from "../../api/terminals";

export type Named = Pick<Terminal, "id" | "name">;

/** What the user has chosen: rows, of one page or several, or all that fit the filter, also those on no page yet. */
export type Selection = { rows: readonly Named[] } | { all: TerminalFilter };

export const NOTHING: Selection = { rows: [] };

export const isNothing = (selection: Selection): boolean => "rows" in selection && selection.rows.length === 0;

/** After rows of the page that is shown were chosen or no longer; those of other pages stay chosen. */
export function withPage(selection: Selection, page: readonly Named[], keys: readonly string[]): Selection {
  const elsewhere = "rows" in selection ? selection.rows.filter(({ id }) => !page.some((row) => row.id === id)) : [];
  const here = page.filter(({ id }) => keys.includes(id)).map(({ id, name }) => ({ id, name }));
  return { rows: [...elsewhere, ...here] };
}

/** Which rows of the page are ticked. */
export const tickedOn = (selection: Selection, page: readonly Named[]): string[] =>
  ("rows" in selection ? selection.rows : page).map(({ id }) => id);

export const targetsOf = (selection: Selection): Targets =>
  "rows" in selection ? { terminals: selection.rows.map(({ id }) => id) } : { where: selection.all };

/** "All that fit" ends with the filter that it was said of. */
export const under = (selection: Selection, filter: TerminalFilter): Selection =>
  "all" in selection && !isSame(selection.all, filter) ? NOTHING : selection;

/** Filters of addresses have their parts in one order. */
const isSame = (one: TerminalFilter, other: TerminalFilter) => JSON.stringify(one) === JSON.stringify(other);
