// SPDX-License-Identifier: GPL-3.0-or-later
import { Link } from "@tanstack/react-router";
import type { TableColumnsType } from "antd";
import { useTranslation } from "react-i18next";
import { PAGE_SIZES, SORTS, type Terminal, type TerminalPageQuery, type TerminalSort } from "../../api/terminals";
import cell from "../../components/cell.module.css";
import { Grid } from "../../components/grid";
import { When } from "../../components/when";
import { mac } from "../../format/mac";
import { useAsked, useGoTo } from "./address";
import { Nothing } from "./nothing";
import { PushButton } from "./push-button";
import { type Selection, tickedOn, withPage } from "./selection";
import { Disk, diskVersion, State } from "./standing";
import styles from "./terminals.module.css";

/** Answers that come faster are not announced. */
const PATIENCE_MS = 300;

interface Props {
  rows: Terminal[];
  total: number;
  isTotalExact: boolean;
  /** They are those of the page before, until the asked ones are there. */
  isOld: boolean;
  chosen: Selection;
  choose: (selection: Selection) => void;
}

/** A page of terminals, a row each. */
export function TerminalTable({ rows, isOld, chosen, choose, ...count }: Props) {
  const asked = useAsked();
  const goTo = useGoTo();
  return (
    <Grid<Terminal>
      rowKey="id"
      size="small"
      loading={{ spinning: isOld, delay: PATIENCE_MS }}
      columns={useColumns(asked)}
      dataSource={rows}
      pagination={usePagination(count)}
      onChange={(_pages, _filters, sorter, { action }) => {
        if (action !== "sort" || Array.isArray(sorter)) return;
        const { columnKey, order } = sorter;
        goTo.sort(order ? SORTS.find((sort) => sort === columnKey) : undefined, order === "descend");
      }}
      rowSelection={{
        selectedRowKeys: tickedOn(chosen, rows),
        onChange: (keys) => choose(withPage(chosen, rows, keys.map(String))),
        getCheckboxProps: (row) => ({ "aria-label": row.name }) as object,
      }}
      locale={{ emptyText: <Nothing filter={asked.filter} /> }}
    />
  );
}

function usePagination({ total, isTotalExact }: Pick<Props, "total" | "isTotalExact">) {
  const { t } = useTranslation();
  const { page, perPage } = useAsked();
  const goTo = useGoTo();
  return {
    current: page,
    pageSize: perPage,
    total,
    showSizeChanger: total > Math.min(...PAGE_SIZES),
    pageSizeOptions: [...PAGE_SIZES],
    hideOnSinglePage: total <= Math.min(...PAGE_SIZES),
    showTotal: (count: number) => t(isTotalExact ? "common.total" : "terminals.totalOver", { count }),
    onChange: (next: number, size: number) => goTo.page(size === perPage ? next : 1, size),
  };
}

/** What says something of a tool disk. */
const OF_DISK: unknown[] = ["disk", "version", "state", "last_seen", "actions"];

function useColumns({ filter, ...order }: TerminalPageQuery): TableColumnsType<Terminal> {
  const columns = useAllColumns(order);
  const { t } = useTranslation();
  if (filter.program == null) return columns;
  const enrolled = { title: t("terminals.enrolled"), dataIndex: "enrolled_at", width: 140, render: (at: string) => <When at={at} /> };
  return [...columns.filter(({ key }) => !OF_DISK.includes(key)), enrolled];
}

function useAllColumns({ sort, isDescending }: Pick<TerminalPageQuery, "sort" | "isDescending">): TableColumnsType<Terminal> {
  const { t } = useTranslation();
  const order = isDescending ? ("descend" as const) : ("ascend" as const);
  const sorted = (key: TerminalSort) => ({ key, sorter: true, sortOrder: sort === key ? order : null });
  return [
    { ...sorted("name"), title: t("terminals.terminal"), width: 140, render: (_, row) => <Name row={row} /> },
    { ...sorted("group"), title: t("terminals.group"), dataIndex: "group", width: 120, responsive: ["xxl"] },
    {
      title: "MAC",
      dataIndex: "mac",
      width: 152,
      // It gives way to the state; the search finds it all the same.
      responsive: ["lg"],
      render: (text: string) => <span className={`${styles.mac} ${cell.whole}`}>{mac(text)}</span>,
    },
    { title: t("terminals.disk"), key: "disk", width: 104, render: (_, row) => <Disk row={row} /> },
    {
      ...sorted("version"),
      title: t("terminals.version"),
      width: 84,
      align: "right",
      render: (_, row) => diskVersion(row) ?? "–",
    },
    { ...sorted("state"), title: t("terminals.state"), width: 180, render: (_, row) => <State row={row} /> },
    {
      ...sorted("last_seen"),
      title: t("terminals.seen"),
      dataIndex: "last_seen_at",
      width: 116,
      responsive: ["lg"],
      render: (at: string | null) => (at ? <When at={at} /> : t("common.never")),
    },
    { title: t("common.actions"), key: "actions", width: 72, render: (_, row) => <Push row={row} /> },
  ];
}

function Name({ row }: { row: Terminal }) {
  return (
    <span title={row.id}>
      <Link to="/terminals/$id" params={{ id: row.id }} className={styles.name}>
        {row.name}
      </Link>{" "}
      <span className={styles.ofGroup}>{row.group}</span>
    </span>
  );
}

function Push({ row }: { row: Terminal }) {
  const { t } = useTranslation();
  if (row.identical) return null;
  return <PushButton targets={{ terminals: [row.id] }} count={1} label={t("terminals.push")} name={row.name} />;
}
