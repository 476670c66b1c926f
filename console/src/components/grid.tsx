// SPDX-License-Identifier: GPL-3.0-or-later
import { Table, type TableColumnsType, type TableProps } from "antd";
import { useRef } from "react";
import { useTranslation } from "react-i18next";
import { useReachable } from "./use-reachable";
import styles from "./grid.module.css";

/** A column that names no width is the one that people read: it keeps this much. */
const WIDTH_MIN = 160;

interface Props<Row> extends TableProps<Row> {
  minWidth?: number;
}

/**
 * The table of all pages. A column's `width` is its least: what is left over is shared, so that a wide screen does not
 * tear rows apart. Where even the least does not fit, the table scrolls sideways within its frame and the actions stay in
 * sight. Ant Design's own way to do so repeats the head, with all that can be focused in it, in a hidden row.
 */
export function Grid<Row extends object>({ columns = [], pagination, minWidth: _unused, ...table }: Props<Row>) {
  const { t } = useTranslation();
  const frame = useRef<HTMLDivElement>(null);
  useReachable(frame, t("common.table"));
  const pages = { hideOnSinglePage: true, showTotal: (count: number) => t("common.total", { count }), ...pagination };
  return (
    <div ref={frame} className={styles.grid}>
      <Table<Row>
        size="middle"
        tableLayout="auto"
        columns={columns.map(laidOut)}
        pagination={pagination === false ? false : pages}
        {...table}
      />
    </div>
  );
}

type Column<Row> = TableColumnsType<Row>[number];

function laidOut<Row>({ width, ...column }: Column<Row>): Column<Row> {
  const least = typeof width === "number" ? width : WIDTH_MIN;
  if (column.key === "actions") return { ...column, width: least, align: "right", className: styles.actions ?? "" };
  return { ...column, minWidth: least } as Column<Row>;
}
