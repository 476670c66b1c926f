// SPDX-License-Identifier: GPL-3.0-or-later
import { useQuery } from "@tanstack/react-query";
import type { TableColumnsType } from "antd";
import { useTranslation } from "react-i18next";
import type { Wire } from "../../api/client";
import { fileDiffQuery, type PackageChange } from "../../api/versions";
import cell from "../../components/cell.module.css";
import { Empty } from "../../components/empty";
import { Grid } from "../../components/grid";
import { Loaded } from "../../components/loaded";
import { bytes } from "../../format/bytes";
import { ChangeMark } from "./change-mark";
import styles from "./versions.module.css";

type InfChange = Wire<"InfChange">;
type FileChange = Wire<"FileChange">;
interface Row {
  key: number;
  change: Wire<"ChangeKind">;
}

const keyed = <Item,>(rows: Item[]) => rows.map((row, key) => ({ ...row, key }));

/** A table of changes, whose first column says what became of each row. */
function Changes<Item extends Row>({ rows, columns }: { rows: Item[]; columns: TableColumnsType<Item> }) {
  const { t } = useTranslation();
  const first = {
    title: t("versions.change"),
    dataIndex: "change",
    width: 80,
    render: (kind: Row["change"]) => <ChangeMark kind={kind} />,
  };
  return (
    <Grid<Item>
      size="small"
      columns={[first, ...columns]}
      dataSource={rows}
      pagination={{ defaultPageSize: 100 }}
      locale={{ emptyText: <Empty title={t("versions.same")} hint={t("versions.sameHint")} /> }}
    />
  );
}

const size = (count: number | null | undefined) => (count == null ? "" : bytes(count));

/** Drivers that came, went or changed. */
export function PackageChanges({ rows }: { rows: PackageChange[] }) {
  const { t } = useTranslation();
  const columns: TableColumnsType<PackageChange & Row> = [
    { title: t("versions.name"), key: "name", render: (_, row) => row.after?.name ?? row.before?.name },
    { title: t("versions.before"), key: "before", width: 140, render: (_, { before }) => <Archive of={before} /> },
    { title: t("versions.after"), key: "after", width: 140, render: (_, { after }) => <Archive of={after} /> },
  ];
  return <Changes rows={keyed(rows)} columns={columns} />;
}

function Archive({ of }: { of: PackageChange["before"] }) {
  if (!of) return null;
  return (
    <>
      {of.archive_name} <span className={`${styles.by} ${cell.whole}`}>{size(of.size)}</span>
    </>
  );
}

/** A number that is not torn apart. */
function Whole({ text }: { text: string | null | undefined }) {
  return <span className={cell.whole}>{text}</span>;
}

/** INF files that differ, with the hardware that they serve now or no more. */
export function InfChanges({ rows }: { rows: InfChange[] }) {
  const { t } = useTranslation();
  const of = (row: InfChange) => row.after ?? row.before;
  const ids = (row: InfChange) => [...row.hardware_ids_added.map((id) => `+ ${id}`), ...row.hardware_ids_removed.map((id) => `− ${id}`)];
  const columns: TableColumnsType<InfChange & Row> = [
    {
      title: "INF",
      key: "path",
      render: (_, row) => (
        <>
          <span className={cell.path}>{of(row)?.path}</span>
          <div className={styles.package}>{row.package}</div>
        </>
      ),
    },
    { title: t("versions.name"), dataIndex: "package", width: 130, responsive: ["lg"] },
    { title: t("versions.before"), key: "before", width: 95, render: (_, row) => <Whole text={row.before?.driver_version} /> },
    { title: t("versions.after"), key: "after", width: 95, render: (_, row) => <Whole text={row.after?.driver_version} /> },
    {
      title: t("versions.devices"),
      key: "devices",
      width: 95,
      render: (_, row) => (
        <span title={ids(row).join("\n")}>
          {t("versions.devicesValue", { added: row.devices_added, removed: row.devices_removed })}
        </span>
      ),
    },
  ];
  return <Changes rows={keyed(rows)} columns={columns} />;
}

/** Files that differ; asked for only when it is looked at. */
export function FileChanges({ number, from }: { number: number; from: number }) {
  const { t } = useTranslation();
  const diff = useQuery({ ...fileDiffQuery(number, from), retry: false });
  const columns: TableColumnsType<FileChange & Row> = [
    { title: t("versions.name"), dataIndex: "path", render: (path: string) => <span className={cell.path}>{path}</span> },
    { title: t("versions.before"), key: "before", width: 100, align: "right", render: (_, row) => size(row.before?.size) },
    { title: t("versions.after"), key: "after", width: 100, align: "right", render: (_, row) => size(row.after?.size) },
  ];
  return (
    <Loaded query={diff}>
      {({ files, added, changed, removed, is_truncated }) => (
        <>
          <p className={styles.by} style={{ padding: "0 16px" }}>
            {t("versions.filesSummary", { added, changed, removed })}{" "}
            {is_truncated && t("versions.filesTruncated", { count: files.length })}
          </p>
          <Changes rows={keyed(files)} columns={columns} />
        </>
      )}
    </Loaded>
  );
}
