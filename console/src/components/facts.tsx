// SPDX-License-Identifier: GPL-3.0-or-later
import type { ReactNode } from "react";
import styles from "./facts.module.css";

export interface Fact {
  label: string;
  value: ReactNode;
  /** Takes a whole row. */
  isWide?: boolean;
}

/** What is known of a thing: names with values below them, as many side by side as there is room for. */
export function Facts({ facts }: { facts: readonly Fact[] }) {
  return (
    <dl className={styles.facts}>
      {facts.map(({ label, value, isWide }) => (
        <div key={label} className={isWide ? styles.wide : undefined}>
          <dt>{label}</dt>
          <dd>{value}</dd>
        </div>
      ))}
    </dl>
  );
}
