// SPDX-License-Identifier: GPL-3.0-or-later
import { Progress } from "antd";
import { useTranslation } from "react-i18next";
import type { Terminal } from "../../api/terminals";
import { Badge, type Tone } from "../../components/badge";
import { bytes, percent } from "../../format/bytes";
import styles from "./terminals.module.css";

const TONES: Record<Terminal["state"], Tone> = {
  unknown: "mute",
  idle: "mute",
  downloading: "busy",
  applying: "busy",
  waiting: "warn",
  error: "bad",
};

/** Whether its disk is the current version. */
export function Disk({ row }: { row: Terminal }) {
  const { t } = useTranslation();
  if (row.identical) return <Badge tone="good">{t("terminals.isIdentical")}</Badge>;
  if (!row.version) return <Badge tone="mute">{t("terminals.noDisk")}</Badge>;
  return <Badge tone="warn">{t("terminals.isBehind")}</Badge>;
}

/** The version of its disk, if it has one: without a disk it says 0, which to whoever has it is a version like others. */
export const diskVersion = ({ identical, version }: Terminal) => (identical ? version : version || null);

/** What it does, as it said last; whoever is silent may do anything. */
export function State({ row }: { row: Terminal }) {
  const { t } = useTranslation();
  if (row.offline && row.state !== "error") {
    return (
      <span title={t("terminals.offlineHint")}>
        <Badge tone="mute">{t("terminals.isOffline")}</Badge>
      </span>
    );
  }
  const isMoving = row.state === "downloading" || row.state === "applying";
  return (
    <div>
      <span className={styles.state} title={row.state === "waiting" ? t("terminals.waitingHint") : undefined}>
        <Badge tone={TONES[row.state]}>{t(`terminals.states.${row.state}`)}</Badge>
        {row.offline && <span className={styles.faint}>{t("terminals.isOffline")}</span>}
        {isMoving && row.total > 0 && (
          <span className={styles.faint}>
            {t("terminals.progress", { done: bytes(row.done), total: bytes(row.total) })}
          </span>
        )}
      </span>
      {isMoving && row.total > 0 && (
        <div className={styles.moving}>
          <Progress
            percent={percent(row.done, row.total)}
            size="small"
            status="active"
            showInfo={false}
            aria-label={`${t(`terminals.states.${row.state}`)}: ${row.name}`}
          />
        </div>
      )}
      {row.message && <div className={styles.trouble}>{row.message}</div>}
    </div>
  );
}
