// SPDX-License-Identifier: GPL-3.0-or-later

const UNITS = ["B", "KiB", "MiB", "GiB", "TiB", "PiB"] as const;

/** A size in binary units with three significant digits, such as `1.90 MiB`. */
export function bytes(count: number): string {
  let value = Math.max(0, count);
  let unit = 0;
  // 1023.9 would be shown as 1024: the next unit is clearer.
  while (value >= 1023.5 && unit < UNITS.length - 1) {
    value /= 1024;
    unit += 1;
  }
  if (unit === 0) return `${Math.round(value)} B`;
  const digits = value < 9.995 ? 2 : value < 99.95 ? 1 : 0;
  return `${value.toFixed(digits)} ${UNITS[unit]}`;
}

/** A speed in binary units. */
export const speed = (bytesPerSecond: number): string => `${bytes(bytesPerSecond)}/s`;

/** `part` of `whole` in percent, rounded down: 100 means that all is done. */
export const percent = (part: number, whole: number): number =>
  whole <= 0 ? 0 : Math.min(100, Math.floor((part / whole) * 100));
