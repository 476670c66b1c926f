// SPDX-License-Identifier: GPL-3.0-or-later
import { useTranslation } from "react-i18next";
import type { Wire } from "../../api/client";
import styles from "./versions.module.css";

const LOOKS = {
  added: { mark: "+", text: "versions.added", style: styles.added },
  removed: { mark: "−", text: "versions.removed", style: styles.removed },
  changed: { mark: "~", text: "versions.changed", style: styles.altered },
} as const;

/** Whether something came, went or changed. */
export function ChangeMark({ kind }: { kind: Wire<"ChangeKind"> }) {
  const { t } = useTranslation();
  const { mark, text, style } = LOOKS[kind];
  return (
    <span className={`${styles.mark} ${style}`}>
      <span aria-hidden="true">{mark} </span>
      {t(text)}
    </span>
  );
}
