// SPDX-License-Identifier: GPL-3.0-or-later
import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import type { TableColumnsType } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { Printer } from "../../api/printers";
import { statusQuery } from "../../api/status";
import { Badge } from "../../components/badge";
import { Empty } from "../../components/empty";
import { Grid } from "../../components/grid";
import { When } from "../../components/when";
import { osName } from "../../format/os";
import { moment } from "../../format/time";
import { DeleteButton } from "./delete-button";
import { RowActions } from "./row-actions";
import { connection, duplexName, paperName, typeName } from "./values";
import styles from "./printers.module.css";

/** Printer drivers, a row each. */
export function PrinterTable({ rows, isFiltered }: { rows: Printer[]; isFiltered: boolean }) {
  const { t } = useTranslation();
  const [chosen, setChosen] = useState<number[]>([]);
  const columns = useColumns();
  const selected = rows.filter((row) => chosen.includes(row.id));
  return (
    <>
      {selected.length > 0 && (
        <div className={styles.selection}>
          <span>{t("common.selected", { count: selected.length })}</span>
          <DeleteButton printers={selected} done={() => setChosen([])} />
        </div>
      )}
      <Grid<Printer>
        rowKey="id"
        size="middle"
        minWidth={900}
        columns={columns}
        dataSource={rows}
        pagination={{ pageSize: 50, hideOnSinglePage: true, showTotal: (count) => t("common.total", { count }) }}
        rowSelection={{
          selectedRowKeys: chosen,
          onChange: (keys) => setChosen(keys.map(Number)),
          getCheckboxProps: (row) => ({ "aria-label": row.name }) as object,
        }}
        locale={{
          emptyText: isFiltered ? (
            <Empty title={t("printers.noMatch")} hint={t("printers.noMatchHint")} />
          ) : (
            <Empty title={t("printers.empty")} hint={t("printers.emptyHint")} />
          ),
        }}
      />
    </>
  );
}

function useColumns(): TableColumnsType<Printer> {
  const { t } = useTranslation();
  return [
    {
      title: t("common.name"),
      dataIndex: "name",
      sorter: (a, b) => a.name.localeCompare(b.name, "zh-CN"),
      render: (_, row) => <Name row={row} />,
    },
    {
      title: t("printers.connection"),
      key: "connection",
      width: 210,
      sorter: (a, b) => a.type - b.type,
      render: (_, row) => (
        <>
          <div>{t(`printers.types.${typeName(row.type)}`)}</div>
          <span className={styles.path}>{connection(row)}</span>
        </>
      ),
    },
    {
      title: t("printers.paper"),
      key: "paper",
      width: 140,
      render: (_, row) => (
        <>
          <div>{paperName(row.paper)}</div>
          <span className={styles.faint}>{duplexName(row.duplex_print, t)}</span>
        </>
      ),
    },
    {
      title: <span title={t("printers.usersHint")}>{t("printers.users")}</span>,
      dataIndex: "client_nums",
      width: 90,
      align: "right",
    },
    {
      title: t("printers.imported"),
      dataIndex: "create_at",
      width: 124,
      defaultSortOrder: "descend",
      sorter: (a, b) => moment(a.create_at).getTime() - moment(b.create_at).getTime() || a.id - b.id,
      render: (at: string) => <When at={at} />,
    },
    { title: t("common.actions"), key: "actions", width: 124, render: (_, row) => <RowActions printer={row} /> },
  ];
}

function Name({ row }: { row: Printer }) {
  const { t } = useTranslation();
  const { data: status } = useQuery(statusQuery);
  const isPending = status?.edit?.changes.some((change) => change.object === "printer" && change.driver_id === row.id);
  const origin = row.upload_type === 1 && t("printers.terminal", { name: row.client_name ?? "" });
  const about = [osName(row.environment, t), row.describe, origin];
  return (
    <div>
      <span className={styles.name}>
        <Link to="/printers/$id" params={{ id: String(row.id) }}>
          {row.name}
        </Link>
        {isPending && <Badge tone="warn">{t("printers.pending")}</Badge>}
      </span>
      <div className={styles.faint}>{about.filter(Boolean).join(" · ")}</div>
    </div>
  );
}
