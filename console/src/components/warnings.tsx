// SPDX-License-Identifier: GPL-3.0-or-later
import { Alert } from "antd";
import styles from "./warnings.module.css";

/** What was odd at an import: how much in a line, which opens to all of it. */
export function Warnings({ title, lines }: { title: string; lines: readonly string[] }) {
  if (lines.length === 0) return null;
  const list = (
    <details>
      <summary>{title}</summary>
      <ul className={styles.lines}>
        {lines.map((line) => (
          <li key={line}>{line}</li>
        ))}
      </ul>
    </details>
  );
  return <Alert type="warning" showIcon className={styles.warnings} title={list} />;
}
