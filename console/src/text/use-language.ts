// SPDX-License-Identifier: GPL-3.0-or-later
import { useTranslation } from "react-i18next";
import type { Language } from "./text";

/** The language of the page; the component is drawn again when it changes. */
export const useLanguage = (): Language => (useTranslation().i18n.language === "en" ? "en" : "zh");
