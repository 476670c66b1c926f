// SPDX-License-Identifier: GPL-3.0-or-later
import { Link } from "@tanstack/react-router";
import type { TableColumnsType } from "antd";
import { type ReactNode, useState } from "react";
import { useTranslation } from "react-i18next";
import cell from "../components/cell.module.css";
import { Grid } from "../components/grid";
import { When } from "../components/when";
import { moment } from "../format/time";
import { PendingBadge } from "./pending-badge";
import styles from "./package-table.module.css";

interface Package {
  id: number;
  name: string;
  create_at: string;
}

interface Props<Row extends Package> {
  object: "driver" | "printer";
  rows: Row[];
  /** Below the name: what tells it apart. */
  about: (row: Row) => (string | null | undefined | false)[];
  /** Between the name and the time. */
  columns: TableColumnsType<Row>;
  actions: (row: Row) => ReactNode;
  /** What can be done with the chosen rows; `done` forgets the choice. */
  chosenActions: (rows: Row[], done: () => void) => ReactNode;
  empty: ReactNode;
}

/** What is on the disk, a row each, newest first; several rows can be chosen. */
export function PackageTable<Row extends Package>(props: Props<Row>) {
  const { t } = useTranslation();
  const { object, rows, columns, actions } = props;
  const [keys, setKeys] = useState<number[]>([]);
  const chosen = rows.filter((row) => keys.includes(row.id));
  const all: TableColumnsType<Row> = [
    {
      title: t("common.name"),
      dataIndex: "name",
      sorter: (a, b) => a.name.localeCompare(b.name, "zh-CN", { numeric: true }),
      render: (_, row) => <Name object={object} row={row} about={props.about(row)} />,
    },
    ...columns,
    {
      title: t("edit.imported"),
      dataIndex: "create_at",
      width: 120,
      defaultSortOrder: "descend",
      sorter: (a, b) => moment(a.create_at).getTime() - moment(b.create_at).getTime() || a.id - b.id,
      render: (at: string) => <When at={at} />,
    },
    { title: t("common.actions"), key: "actions", width: 100, render: (_, row) => actions(row) },
  ];
  return (
    <>
      {chosen.length > 0 && (
        <div className={styles.chosen}>
          <span>{t("common.selected", { count: chosen.length })}</span>
          {props.chosenActions(chosen, () => setKeys([]))}
        </div>
      )}
      <Grid<Row>
        rowKey="id"
        columns={all}
        dataSource={rows}
        pagination={{ defaultPageSize: 50 }}
        rowSelection={{
          selectedRowKeys: keys,
          onChange: (next) => setKeys(next.map(Number)),
          getCheckboxProps: (row) => ({ "aria-label": row.name }) as object,
        }}
        locale={{ emptyText: props.empty }}
      />
    </>
  );
}

interface NameProps {
  object: Props<Package>["object"];
  row: Package;
  about: (string | null | undefined | false)[];
}

function Name({ object, row, about }: NameProps) {
  return (
    <div>
      <span className={cell.name}>
        <Link to={object === "printer" ? "/printers/$id" : "/drivers/$id"} params={{ id: String(row.id) }}>
          {row.name}
        </Link>
        <PendingBadge object={object} id={row.id} />
      </span>
      <div className={cell.second}>{about.filter(Boolean).join(" · ")}</div>
    </div>
  );
}
