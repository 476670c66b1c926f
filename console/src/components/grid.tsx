// SPDX-License-Identifier: GPL-3.0-or-later
import { Table, type TableProps } from "antd";

interface Props<Row> extends TableProps<Row> {
  /** Below this width the table scrolls sideways within its frame. */
  minWidth?: number;
}

/**
 * A table that scrolls sideways where it does not fit. Ant Design's own way to do so repeats the head, with all that can
 * be focused in it, in a hidden row.
 */
export function Grid<Row extends object>({ minWidth, ...table }: Props<Row>) {
  return (
    <div style={{ overflowX: "auto" }}>
      <div style={{ minWidth }}>
        <Table<Row> {...table} />
      </div>
    </div>
  );
}
