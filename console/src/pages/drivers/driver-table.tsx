// SPDX-License-Identifier: GPL-3.0-or-later
import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { type TableColumnsType } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { Driver } from "../../api/drivers";
import { statusQuery } from "../../api/status";
import { Badge } from "../../components/badge";
import { Empty } from "../../components/empty";
import { Grid } from "../../components/grid";
import { When } from "../../components/when";
import { bytes } from "../../format/bytes";
import { osName } from "../../format/os";
import { moment } from "../../format/time";
import { DeleteButton } from "./delete-button";
import { EditDialog } from "./edit-dialog";
import { RowActions } from "./row-actions";
import styles from "./drivers.module.css";

interface Props {
  type: "universal" | "extracted";
  rows: Driver[];
  /** Whether rows are left out because of a search. */
  isFiltered: boolean;
}

/** System drivers of one type. */
export function DriverTable({ type, rows, isFiltered }: Props) {
  const { t } = useTranslation();
  const [chosen, setChosen] = useState<number[]>([]);
  const [edited, setEdited] = useState<Driver>();
  const columns = useColumns(setEdited);
  const selected = rows.filter((row) => chosen.includes(row.id));
  return (
    <>
      {selected.length > 0 && (
        <div className={styles.selection}>
          <span>{t("common.selected", { count: selected.length })}</span>
          <DeleteButton drivers={selected} done={() => setChosen([])} />
        </div>
      )}
      <Grid<Driver>
        rowKey="id"
        columns={columns}
        dataSource={rows}
        pagination={{ pageSize: 50, hideOnSinglePage: true, showTotal: (count) => t("common.total", { count }) }}
        minWidth={860}
        rowSelection={{
          selectedRowKeys: chosen,
          onChange: (keys) => setChosen(keys.map(Number)),
          getCheckboxProps: (row) => ({ "aria-label": row.name }) as object,
        }}
        locale={{ emptyText: <Nothing type={type} isFiltered={isFiltered} /> }}
      />
      <EditDialog driver={edited} close={() => setEdited(undefined)} />
    </>
  );
}

function useColumns(edit: (driver: Driver) => void): TableColumnsType<Driver> {
  const { t } = useTranslation();
  return [
    {
      title: t("common.name"),
      dataIndex: "name",
      sorter: (a, b) => a.name.localeCompare(b.name, "zh-CN"),
      render: (_, row) => <Name row={row} />,
    },
    { title: t("drivers.system"), dataIndex: "os_type", width: 160, render: (os: number) => osName(os, t) },
    {
      title: t("common.size"),
      dataIndex: "size",
      width: 110,
      align: "right",
      sorter: (a, b) => a.size - b.size,
      render: bytes,
    },
    {
      title: t("drivers.templates"),
      dataIndex: "tpl_num",
      width: 110,
      align: "right",
      sorter: (a, b) => a.tpl_num - b.tpl_num,
    },
    {
      title: t("drivers.imported"),
      dataIndex: "create_at",
      width: 140,
      defaultSortOrder: "descend",
      sorter: (a, b) => moment(a.create_at).getTime() - moment(b.create_at).getTime(),
      render: (at: string) => <When at={at} />,
    },
    {
      title: t("common.actions"),
      key: "actions",
      width: 120,
      render: (_, row) => <RowActions driver={row} edit={() => edit(row)} />,
    },
  ];
}

function Name({ row }: { row: Driver }) {
  const { t } = useTranslation();
  const { data: status } = useQuery(statusQuery);
  const change = status?.edit?.changes.findLast((known) => known.object === "driver" && known.driver_id === row.id);
  const isNew = status?.edit?.changes.some(({ object, kind, driver_id }) => object === "driver" && kind === "import" && driver_id === row.id);
  return (
    <div className={styles.name}>
      <span className={styles.nameLine}>
        <Link to="/drivers/$id" params={{ id: String(row.id) }}>
          {row.name}
        </Link>
        {change && <Badge tone="warn">{t(isNew ? "drivers.pendingImport" : "drivers.pendingUpdate")}</Badge>}
      </span>
      {row.describe && <span className={styles.describe}>{row.describe}</span>}
    </div>
  );
}

function Nothing({ type, isFiltered }: { type: Props["type"]; isFiltered: boolean }) {
  const { t } = useTranslation();
  if (isFiltered) return <Empty title={t("drivers.noMatch")} hint={t("drivers.noMatchHint")} />;
  return type === "universal" ? (
    <Empty title={t("drivers.emptyUniversal")} hint={t("drivers.emptyHintUniversal")} />
  ) : (
    <Empty title={t("drivers.emptyExtracted")} hint={t("drivers.emptyHintExtracted")} />
  );
}
