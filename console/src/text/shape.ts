// SPDX-License-Identifier: GPL-3.0-or-later

/**
 * English texts for Chinese ones. A text that counts something has the name `…_other` in both languages; English adds
 * `…_one`.
 */
export type English<Chinese> = {
  [Key in keyof Chinese]: Chinese[Key] extends string ? string : English<Chinese[Key]>;
} & { [one: `${string}_one`]: string };
