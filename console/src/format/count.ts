// SPDX-License-Identifier: GPL-3.0-or-later
import type { Language } from "../text/text";

/** A number of things; of a mean, as many digits as the server gives. */
export const count = (number: number, language: Language): string =>
  new Intl.NumberFormat(language === "zh" ? "zh-CN" : "en-GB", { maximumFractionDigits: 2 }).format(number);
