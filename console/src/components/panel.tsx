// SPDX-License-Identifier: GPL-3.0-or-later
import { type ReactNode, useId } from "react";
import styles from "./panel.module.css";

interface Props {
  title?: ReactNode;
  /** Beside the title, at the right. */
  extra?: ReactNode;
  children: ReactNode;
  /** Without space around the content, for tables. */
  flush?: boolean;
}

/** A framed part of a page. */
export function Panel({ title, extra, children, flush }: Props) {
  const id = useId();
  return (
    <section className={styles.panel} aria-labelledby={title ? id : undefined}>
      {(title || extra) && (
        <div className={styles.head}>
          <h2 id={id} className={styles.title}>
            {title}
          </h2>
          {extra}
        </div>
      )}
      <div className={flush ? styles.flush : styles.body}>{children}</div>
    </section>
  );
}
