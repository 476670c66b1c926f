// SPDX-License-Identifier: GPL-3.0-or-later

/** A MAC address, which the interface gives as twelve digits, as people read it. */
export const mac = (text: string): string =>
  /^[0-9a-f]{12}$/i.test(text) ? (text.match(/../g) ?? []).join(":").toUpperCase() : text;
