// SPDX-License-Identifier: GPL-3.0-or-later
import type { ReactNode } from "react";
import { useEffect } from "react";
import { useTranslation } from "react-i18next";
import styles from "./page-head.module.css";

interface Props {
  title: string;
  /** One line on what the page is for. */
  lead?: ReactNode;
  /** Beside the title: what state the thing is in. */
  mark?: ReactNode;
  /** What can be done here. */
  actions?: ReactNode;
  /** Way back to the page above. */
  above?: ReactNode;
}

/** Title of a page, in the browser's tab too. */
export function PageHead({ title, lead, mark, actions, above }: Props) {
  const { t } = useTranslation();
  useEffect(() => {
    document.title = `${title} · ${t("app.name")}`;
  }, [title, t]);
  return (
    <header className={styles.head}>
      <div className={styles.words}>
        {above}
        <div className={styles.line}>
          <h1 className={styles.title}>{title}</h1>
          {mark}
        </div>
        {lead && <p className={styles.lead}>{lead}</p>}
      </div>
      {actions && <div className={styles.actions}>{actions}</div>}
    </header>
  );
}
