// SPDX-License-Identifier: GPL-3.0-or-later
import { Typography } from "antd";
import styles from "./secret.module.css";

/** A secret that is shown this once, ready to be copied. */
export function Secret({ text, label }: { text: string; label: string }) {
  return (
    <div className={styles.secret}>
      <div className={styles.label}>{label}</div>
      <div className={styles.box}>
        <code className={styles.text}>{text}</code>
        <Typography.Text copyable={{ text }} aria-label={label} />
      </div>
    </div>
  );
}
