// SPDX-License-Identifier: GPL-3.0-or-later
import { useRef } from "react";
import { useTranslation } from "react-i18next";
import type { Change } from "../api/status";
import { useReachable } from "../components/use-reachable";
import { When } from "../components/when";
import styles from "./change-list.module.css";

const MARKS: Record<string, string> = { import: "+", delete: "−", update: "~" };
const KINDS = ["import", "delete", "update"] as const;

/** What an edit has changed, as a diff: what comes in, what goes, what differs. */
export function ChangeList({ changes }: { changes: readonly Change[] }) {
  const { t } = useTranslation();
  const list = useRef<HTMLUListElement>(null);
  useReachable(list, t("edit.showChanges"));
  const word = (change: Change) => {
    const kind = KINDS.find((known) => known === change.kind);
    return kind ? t(`edit.kind.${kind}`) : change.kind;
  };
  return (
    <ul ref={list} className={styles.list}>
      {changes.map((change, index) => (
        <li key={index} className={styles[change.kind] ?? styles.update}>
          <span className={styles.mark} aria-hidden="true">
            {MARKS[change.kind] ?? "~"}
          </span>
          <span className={styles.kind}>{word(change)}</span>
          <span className={styles.name}>{change.name}</span>
          <span className={styles.by}>
            {change.created_by} · <When at={change.created_at} />
          </span>
        </li>
      ))}
    </ul>
  );
}
