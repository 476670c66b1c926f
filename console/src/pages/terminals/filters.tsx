// SPDX-License-Identifier: GPL-3.0-or-later
import { useQuery } from "@tanstack/react-query";
import { Segmented, Select, Tag } from "antd";
import { useTranslation } from "react-i18next";
import { SHOWS, terminalCountsQuery } from "../../api/terminals";
import { LateSearch } from "../../components/late-search";
import { useAsked, useGoTo } from "./address";
import styles from "./terminals.module.css";

/** Characters of a search that the server takes. */
const SEARCH_CHARS_MAX = 255;

/** Narrows the list down: by how terminals stand, by group, by words. */
export function Filters() {
  const { t } = useTranslation();
  const { filter } = useAsked();
  const goTo = useGoTo();
  return (
    <div className={styles.filters}>
      {filter.program == null ? (
        <>
          <ShowTabs />
          <GroupChoice />
        </>
      ) : (
        <Tag closable className={styles.tag} onClose={() => goTo.filter({ program: undefined })}>
          {t("terminals.onlyClients")}
        </Tag>
      )}
      {filter.version != null && (
        <Tag closable className={styles.tag} onClose={() => goTo.filter({ version: undefined })}>
          {t("terminals.onlyVersion", { number: filter.version })}
        </Tag>
      )}
      <LateSearch
        label={t("terminals.searchPlaceholder")}
        value={filter.search ?? ""}
        maxLength={SEARCH_CHARS_MAX}
        onChange={(search) => goTo.filter({ search: search || undefined }, true)}
      />
    </div>
  );
}

function ShowTabs() {
  const { t } = useTranslation();
  const { filter } = useAsked();
  const goTo = useGoTo();
  const counts = useQuery(terminalCountsQuery(filter)).data?.counts;
  return (
    <Segmented
      aria-label={t("terminals.state")}
      options={[
        { value: "all", label: `${t("terminals.all")} ${counts?.total ?? ""}` },
        ...SHOWS.map((show) => ({ value: show as string, label: `${t(`terminals.${show}`)} ${counts?.[show] ?? ""}` })),
      ]}
      value={filter.show ?? "all"}
      onChange={(value) => goTo.filter({ show: SHOWS.find((show) => show === value) })}
    />
  );
}

/** Begins what no group is called. */
const UNGROUPED = "\n";

function GroupChoice() {
  const { t } = useTranslation();
  const { filter } = useAsked();
  const goTo = useGoTo();
  const overview = useQuery(terminalCountsQuery(filter)).data;
  const isAsked = filter.group != null || filter.ungrouped;
  if (!isAsked && !overview?.groups.length) return null;
  const groups = overview?.groups ?? [];
  const option = (value: string, name: string, count: number) => ({ value, label: t("terminals.groupWith", { name, count }) });
  return (
    <Select
      allowClear
      showSearch={{ optionFilterProp: "label" }}
      aria-label={t("terminals.group")}
      placeholder={t("terminals.groupAll")}
      popupMatchSelectWidth={false}
      className={styles.group ?? ""}
      value={filter.ungrouped ? UNGROUPED : (filter.group ?? null)}
      options={[
        ...groups.map(({ name, terminals }) => option(name, name, terminals)),
        option(UNGROUPED, t("terminals.ungrouped"), overview?.ungrouped ?? 0),
      ]}
      onChange={(value) =>
        goTo.filter(value === UNGROUPED ? { group: undefined, ungrouped: true } : { group: value ?? undefined, ungrouped: undefined })
      }
    />
  );
}
