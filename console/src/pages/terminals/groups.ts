// SPDX-License-Identifier: GPL-3.0-or-later
import type { Terminal } from "../../api/terminals";
import { mac } from "../../format/mac";

/** How terminals are told apart at a glance. */
export const GROUPS = ["behind", "busy", "error", "identical"] as const;
export type Group = (typeof GROUPS)[number];

const isBusy = ({ state }: Terminal) => state === "downloading" || state === "applying" || state === "waiting";

export function isIn(terminal: Terminal, group: Group): boolean {
  switch (group) {
    case "behind":
      return !terminal.identical;
    case "busy":
      return isBusy(terminal);
    case "error":
      return terminal.state === "error";
    case "identical":
      return terminal.identical;
  }
}

export const matches = (terminal: Terminal, search: string): boolean =>
  `${terminal.name} ${terminal.group ?? ""} ${terminal.mac} ${mac(terminal.mac)} ${terminal.id}`.toLowerCase().includes(search.trim().toLowerCase());
