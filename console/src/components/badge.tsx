// SPDX-License-Identifier: GPL-3.0-or-later
import type { ReactNode } from "react";
import styles from "./badge.module.css";

export type Tone = "good" | "busy" | "warn" | "bad" | "mute";

/** A state in one word. The dot's form differs by tone too, so that colour is not all that tells them apart. */
export function Badge({ tone, children }: { tone: Tone; children: ReactNode }) {
  return (
    <span className={`${styles.badge} ${styles[tone]}`}>
      <span className={styles.dot} aria-hidden="true" />
      {children}
    </span>
  );
}
