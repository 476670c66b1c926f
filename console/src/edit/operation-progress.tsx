// SPDX-License-Identifier: GPL-3.0-or-later
import { Progress } from "antd";
import { useTranslation } from "react-i18next";
import type { Operation } from "../api/status";
import { percent } from "../format/bytes";
import styles from "./edit-bar.module.css";

const STEPS = [
  ...(["seal", "merge", "register", "apply", "record", "publish", "clean", "compose"] as const),
  ...(["settle", "check", "mend", "rebuild", "compare", "install", "objects"] as const),
];

/** How far a save or restore is, and what it does now. */
export function OperationProgress({ operation, title }: { operation: Operation | null | undefined; title: string }) {
  const { t } = useTranslation();
  const known = STEPS.find((step) => step === operation?.step);
  const step = known ? t(`edit.step.${known}`) : (operation?.step ?? "");
  const isLast = operation ? operation.steps_done >= operation.steps_total : true;
  const where = operation && { done: operation.steps_done + 1, total: operation.steps_total, step };
  return (
    <div className={styles.progress} role="status">
      <strong>{title}</strong>
      <Progress
        percent={operation ? percent(operation.steps_done, operation.steps_total) : 0}
        status="active"
        showInfo={false}
        aria-label={title}
      />
      <span className={styles.soft}>{where && !isLast ? t("edit.stepOf", where) : t("edit.finishing")}</span>
    </div>
  );
}
