// SPDX-License-Identifier: GPL-3.0-or-later
import type { TFunction } from "i18next";
import { type Printer, PrinterType } from "../../api/printers";

export const TYPES = ["local", "shared", "network"] as const;
export type TypeName = (typeof TYPES)[number];

export const typeName = (type: number): TypeName => TYPES.find((name) => PrinterType[name] === type) ?? "local";

/** Sizes by what the interface calls them: some by Windows' number, the others by name. */
const PAPERS: readonly [value: number | string, name: string][] = [
  [8, "A3"],
  [9, "A4"],
  [11, "A5"],
  ["A6", "A6"],
  [12, "B4"],
  [13, "B5"],
  ["B6", "B6"],
  ["A1", "A1"],
  ["A2", "A2"],
  ["A7", "A7"],
  ["A8", "A8"],
  ["B1", "B1"],
  ["B2", "B2"],
  ["B3", "B3"],
  ["B7", "B7"],
  ["B8", "B8"],
];

export const PAPER_OPTIONS = PAPERS.map(([value, label]) => ({ value, label }));
export const paperName = (value: number | string): string =>
  PAPERS.find(([known]) => String(known) === String(value))?.[1] ?? String(value);

export const DUPLEXES = [
  { value: 1, name: "single" },
  { value: 21, name: "long" },
  { value: 22, name: "short" },
] as const;

export function duplexName(value: number, t: TFunction): string {
  const known = DUPLEXES.find((duplex) => duplex.value === value);
  return known ? t(`printers.duplexes.${known.name}`) : String(value);
}

export const PROTOCOLS = ["RAW", "LPR", "IPP", "WSD"] as const;

/** Where a printer is, as people write it. */
export function connection(printer: Printer): string {
  switch (printer.type) {
    case PrinterType.shared:
      return `\\\\${printer.ip}\\${printer.share}`;
    case PrinterType.network:
      return [printer.protocol, [printer.ip, printer.port].filter(Boolean).join(":")].filter(Boolean).join(" ");
    default:
      return printer.port;
  }
}
