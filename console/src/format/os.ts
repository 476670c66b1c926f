// SPDX-License-Identifier: GPL-3.0-or-later
import type { TFunction } from "i18next";

/** Systems that a driver can be for; 0, which could not be worked out, is none to choose. */
export const OS_TYPES = [1, 2, 3, 4, 5] as const;
/** By number on the wire. */
const NAMES = ["unknown", "windows7x32", "windows7x64", "windows10x32", "windows10x64", "windows11x64"] as const;

/** Name of a system by its number. */
export function osName(type: number, t: TFunction): string {
  const name = NAMES[type];
  return name === undefined ? `#${type}` : t(`os.${name}`);
}
