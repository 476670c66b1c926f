// SPDX-License-Identifier: GPL-3.0-or-later
import type { ReactNode } from "react";
import styles from "./empty.module.css";

interface Props {
  title: string;
  /** How to begin. */
  hint: ReactNode;
  action?: ReactNode;
}

/** In place of a list without rows: what would be here, and how to begin. */
export function Empty({ title, hint, action }: Props) {
  return (
    <div className={styles.empty}>
      <p className={styles.title}>{title}</p>
      <div className={styles.hint}>{hint}</div>
      {action && <div className={styles.action}>{action}</div>}
    </div>
  );
}
