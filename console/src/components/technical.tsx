// SPDX-License-Identifier: GPL-3.0-or-later
import { useTranslation } from "react-i18next";
import styles from "./technical.module.css";

/** A technical cause for whoever has to look into it; folded, as most readers cannot use it. */
export function Technical({ text }: { text: string }) {
  const { t } = useTranslation();
  return (
    <details className={styles.technical}>
      <summary>{t("common.technical")}</summary>
      <code>{text}</code>
    </details>
  );
}
