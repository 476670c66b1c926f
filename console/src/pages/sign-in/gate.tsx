// SPDX-License-Identifier: GPL-3.0-or-later
import { type ReactNode, useEffect } from "react";
import { useTranslation } from "react-i18next";
import { AppearanceMenu } from "../../components/appearance-menu";
import { LanguageSwitch } from "../../components/language-switch";
import styles from "./gate.module.css";

/** The frame of what is shown before somebody is in. */
export function Gate({ title, children }: { title: string; children: ReactNode }) {
  const { t } = useTranslation();
  useEffect(() => {
    document.title = `${title} · ${t("app.name")}`;
  }, [title, t]);
  return (
    <div className={styles.gate}>
      <div className={styles.tools}>
        <LanguageSwitch />
        <AppearanceMenu />
      </div>
      <main className={styles.main}>
        <div className={styles.brand}>
          <img src="/favicon.svg" alt="" width={36} height={36} />
          <span>{t("app.name")}</span>
        </div>
        <div className={styles.card}>
          <h1 className={styles.title}>{title}</h1>
          {children}
        </div>
      </main>
    </div>
  );
}
