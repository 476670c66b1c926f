// SPDX-License-Identifier: GPL-3.0-or-later
import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { TerminalHistory } from "../../api/terminals";
import { count } from "../../format/count";
import { clock, day } from "../../format/time";
import { useLanguage } from "../../text/use-language";
import { KINDS, versionsIn } from "./history-data";
import styles from "./overview.module.css";

/** The numbers of the chart, newest first; made when they are asked for. */
export function HistoryTable({ history }: { history: TerminalHistory }) {
  const { t } = useTranslation();
  const [isOpen, setOpen] = useState(false);
  return (
    <details className={styles.numbers} onToggle={({ currentTarget }) => setOpen(currentTarget.open)}>
      <summary>{t("overview.historyTable")}</summary>
      {isOpen && (
        <div className={styles.rows} role="region" aria-label={t("overview.history")} tabIndex={0}>
          <table>
            <Head />
            <Rows history={history} />
          </table>
        </div>
      )}
    </details>
  );
}

function Head() {
  const { t } = useTranslation();
  return (
    <thead>
      <tr>
        <th scope="col">{t("overview.historyTime")}</th>
        {KINDS.map(({ key }) => (
          <th key={key} scope="col">
            {t(`overview.historyKinds.${key}`)}
          </th>
        ))}
        <th scope="col">{t("overview.historyMarks")}</th>
      </tr>
    </thead>
  );
}

function Rows({ history }: { history: TerminalHistory }) {
  const language = useLanguage();
  const time = (at: Date) => `${day(at, language)} ${clock(at, language)}`;
  return (
    <tbody>
      {history.points.toReversed().map((point) => (
        <tr key={point.at}>
          <th scope="row">
            <time dateTime={point.at}>{time(new Date(point.at))}</time>
          </th>
          {KINDS.map(({ key }) => (
            <td key={key}>{count(point[key], language)}</td>
          ))}
          <td>{versionsIn(history, point).join(", ")}</td>
        </tr>
      ))}
    </tbody>
  );
}
