// SPDX-License-Identifier: GPL-3.0-or-later
import { useQuery } from "@tanstack/react-query";
import { getRouteApi } from "@tanstack/react-router";
import { Segmented } from "antd";
import { useTranslation } from "react-i18next";
import { type Span, terminalHistoryQuery } from "../../api/terminals";
import { Loaded } from "../../components/loaded";
import { Panel } from "../../components/panel";
import { HistoryView } from "./history-view";
import styles from "./overview.module.css";

const route = getRouteApi("/");
const SPANS: readonly Span[] = ["day", "week", "month"];

/** How the terminals stood over time; how far back is in the address. */
export function History() {
  const { t } = useTranslation();
  const { span = "day" } = route.useSearch();
  const navigate = route.useNavigate();
  const history = useQuery(terminalHistoryQuery(span));
  const change = (value: Span) =>
    void navigate({ search: { span: value === "day" ? undefined : value }, replace: true, resetScroll: false });
  const title = (
    <>
      {t("overview.history")} <span className={styles.lead}>{t("overview.historyLead")}</span>
    </>
  );
  const options = SPANS.map((value) => ({ value, label: t(`overview.spans.${value}`) }));
  const choice = (
    <Segmented aria-label={t("overview.historySpan")} size="small" options={options} value={span} onChange={change} />
  );
  return (
    <Panel title={title} extra={choice}>
      <Loaded query={history}>{(known) => <HistoryView history={known} />}</Loaded>
    </Panel>
  );
}
