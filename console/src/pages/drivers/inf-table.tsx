// SPDX-License-Identifier: GPL-3.0-or-later
import { getRouteApi } from "@tanstack/react-router";
import { type TableColumnsType } from "antd";
import { useTranslation } from "react-i18next";
import type { Inf } from "../../api/drivers";
import cell from "../../components/cell.module.css";
import { Empty } from "../../components/empty";
import { Grid } from "../../components/grid";
import { isFound, SearchBox } from "../../components/search-box";
import { DeviceTable } from "./device-table";
import styles from "./drivers.module.css";

const route = getRouteApi("/drivers/$id");

/** INF files of a package; a row opens to its devices. */
export function InfTable({ infs }: { infs: Inf[] }) {
  const { t } = useTranslation();
  const { inf: opened, search = "" } = route.useSearch();
  const navigate = route.useNavigate();
  const open = (inf: number | undefined) => void navigate({ replace: true, search: (old) => ({ ...old, inf }) });
  const find = (text: string) =>
    void navigate({ replace: true, search: (old) => ({ ...old, search: text || undefined }) });
  return (
    <>
      <div className={cell.filters}>
        <SearchBox label={t("drivers.infSearch")} value={search} onChange={find} />
      </div>
      <Grid<Inf>
        rowKey="id"
        size="small"
        columns={useColumns()}
        dataSource={infs.filter((inf) => isFound(search, inf.path, inf.class, inf.provider))}
        pagination={{ defaultPageSize: 50 }}
        expandable={{
          expandedRowKeys: opened === undefined ? [] : [opened],
          expandedRowRender: (inf) => <DeviceTable inf={inf} />,
          onExpand: (isOpen, inf) => open(isOpen ? inf.id : undefined),
        }}
        locale={{ emptyText: <Empty title={t("drivers.infEmpty")} hint={t("drivers.infEmptyHint")} /> }}
      />
    </>
  );
}

function useColumns(): TableColumnsType<Inf> {
  const { t } = useTranslation();
  return [
    {
      title: t("drivers.inf"),
      dataIndex: "path",
      width: 220,
      sorter: (a, b) => a.path.localeCompare(b.path),
      render: (path: string) => <Place path={path} />,
    },
    {
      title: t("drivers.class"),
      dataIndex: "class",
      width: 100,
      sorter: (a, b) => (a.class ?? "").localeCompare(b.class ?? ""),
    },
    { title: t("drivers.provider"), dataIndex: "provider", width: 140, responsive: ["lg"] },
    { title: t("drivers.version"), dataIndex: "driver_version", width: 110, className: cell.whole ?? "" },
    {
      title: t("drivers.date"),
      dataIndex: "driver_date",
      width: 105,
      responsive: ["lg"],
      sorter: (a, b) => (a.driver_date ?? "").localeCompare(b.driver_date ?? ""),
    },
    {
      title: t("drivers.devices"),
      dataIndex: "devices",
      width: 80,
      align: "right",
      sorter: (a, b) => a.devices - b.devices,
    },
    { title: t("drivers.catalog"), key: "catalog", width: 90, render: (_, inf) => <Catalog inf={inf} /> },
  ];
}

/** The name of the file, and below it the directory that it lies in. */
function Place({ path }: { path: string }) {
  const cut = path.lastIndexOf("/") + 1;
  return (
    <>
      <div className={styles.inf}>{path.slice(cut)}</div>
      <span className={`${cell.path} ${cell.faint}`}>{path.slice(0, Math.max(0, cut - 1))}</span>
    </>
  );
}

/** Whether the signature catalog that an INF names lies beside it. */
function Catalog({ inf }: { inf: Inf }) {
  const { t } = useTranslation();
  if (inf.catalog_present) return <span title={inf.catalog_file ?? undefined}>{t("drivers.catalogYes")}</span>;
  if (!inf.catalog_file) return <span className={cell.faint}>{t("drivers.catalogNone")}</span>;
  return (
    <span className={styles.missing} title={inf.catalog_file}>
      {t("drivers.catalogMissing")}
    </span>
  );
}
