// SPDX-License-Identifier: GPL-3.0-or-later
import i18next from "i18next";
import { initReactI18next } from "react-i18next";
import { en, zh } from "./texts";

export type Language = "zh" | "en";
export const LANGUAGES: readonly Language[] = ["zh", "en"];

const KEPT_AS = "driver-center.language";

declare module "i18next" {
  interface CustomTypeOptions {
    defaultNS: "translation";
    resources: { translation: typeof zh };
    enableSelector: false;
  }
}

/** The language of the document, which `boot.js` has set before the first paint. */
function languageOfDocument(): Language {
  return document.documentElement.lang.startsWith("en") ? "en" : "zh";
}

await i18next.use(initReactI18next).init({
  lng: languageOfDocument(),
  supportedLngs: LANGUAGES,
  fallbackLng: false,
  resources: { zh: { translation: zh }, en: { translation: en } },
  interpolation: { escapeValue: false },
});

export const currentLanguage = (): Language => (i18next.language === "en" ? "en" : "zh");

/** A text outside of components. */
export const say = i18next.t;

/** Speaks this language from now on, also at the next visit. */
export async function speak(language: Language): Promise<void> {
  document.documentElement.lang = language === "zh" ? "zh-CN" : "en";
  try {
    localStorage.setItem(KEPT_AS, language);
  } catch {
    // Where nothing may be stored, the choice holds for this visit.
  }
  await i18next.changeLanguage(language);
}
