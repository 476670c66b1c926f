// SPDX-License-Identifier: GPL-3.0-or-later
import { Skeleton } from "antd";
import { lazy, Suspense } from "react";
import { useTranslation } from "react-i18next";
import type { TerminalHistory } from "../../api/terminals";
import { Empty } from "../../components/empty";
import { count } from "../../format/count";
import { clock, day } from "../../format/time";
import { useLanguage } from "../../text/use-language";
import { KINDS } from "./history-data";
import { HistoryTable } from "./history-table";
import styles from "./overview.module.css";

const HistoryChart = lazy(() => import("./history-chart").then(({ HistoryChart }) => ({ default: HistoryChart })));

/** A history as a picture with its legend, and as a table for whoever cannot see it or wants the numbers. */
export function HistoryView({ history }: { history: TerminalHistory }) {
  const { t } = useTranslation();
  const language = useLanguage();
  const latest = history.points.at(-1);
  if (!latest) return <Empty title={t("overview.historyEmpty")} hint={t("overview.historyEmptyHint")} />;
  const numbers = KINDS.map(({ key }) => `${t(`overview.historyKinds.${key}`)} ${count(latest[key], language)}`);
  return (
    <>
      <div className={styles.history} role="img" aria-label={t("overview.historyChart", { latest: numbers.join(", ") })}>
        <Suspense fallback={<Skeleton active paragraph={{ rows: 5 }} />}>
          <HistoryChart history={history} />
        </Suspense>
      </div>
      <ul className={styles.kinds}>
        {KINDS.map(({ key, colour, opacity }) => (
          <li key={key}>
            <span className={styles.swatch} style={{ background: `var(${colour})`, opacity }} aria-hidden="true" />
            {t(`overview.historyKinds.${key}`)}
          </li>
        ))}
        <Since history={history} />
      </ul>
      <HistoryTable history={history} />
    </>
  );
}

/** Since when there are records, where that is not as far back as is shown. */
function Since({ history: { from, points, every_seconds } }: { history: TerminalHistory }) {
  const { t } = useTranslation();
  const language = useLanguage();
  const first = points[0];
  if (!first || Date.parse(first.at) <= Date.parse(from) + every_seconds * 1000) return null;
  const at = new Date(first.at);
  const time = `${day(at, language)} ${clock(at, language)}`;
  return <li className={styles.since}>{t("overview.historySince", { time })}</li>;
}
