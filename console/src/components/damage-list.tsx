// SPDX-License-Identifier: GPL-3.0-or-later
import styles from "./damage-list.module.css";

interface Damage {
  id: string;
  text: string;
  mend: string;
}

interface Props {
  findings: readonly Damage[];
  /** Whether it was mended meanwhile: then nothing is left to do about it. */
  isMended?: boolean;
}

/** What is not as it must be, each with how it is mended. */
export function DamageList({ findings, isMended = false }: Props) {
  return (
    <ul className={styles.list}>
      {findings.map((finding, index) => (
        <li key={`${finding.id} ${index}`}>
          <div>{finding.text}</div>
          {!isMended && <div className={styles.mend}>{finding.mend}</div>}
        </li>
      ))}
    </ul>
  );
}
