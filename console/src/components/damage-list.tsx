// SPDX-License-Identifier: GPL-3.0-or-later
import styles from "./damage-list.module.css";

interface Damage {
  id: string;
  text: string;
  mend: string;
}

/** What is not as it must be, each with how it is mended. */
export function DamageList({ findings }: { findings: readonly Damage[] }) {
  return (
    <ul className={styles.list}>
      {findings.map((finding, index) => (
        <li key={`${finding.id} ${index}`}>
          <div>{finding.text}</div>
          <div className={styles.mend}>{finding.mend}</div>
        </li>
      ))}
    </ul>
  );
}
