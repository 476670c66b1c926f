// SPDX-License-Identifier: GPL-3.0-or-later
import { SearchOutlined } from "@ant-design/icons";
import { getRouteApi } from "@tanstack/react-router";
import { Input, type TableColumnsType } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { Inf } from "../../api/drivers";
import { Empty } from "../../components/empty";
import { Grid } from "../../components/grid";
import { DeviceTable } from "./device-table";
import styles from "./drivers.module.css";

const route = getRouteApi("/drivers/$id");

/** INF files of a package; a row opens to its devices. */
export function InfTable({ infs }: { infs: Inf[] }) {
  const { t } = useTranslation();
  const { inf: opened } = route.useSearch();
  const navigate = route.useNavigate();
  const [search, setSearch] = useState("");
  const open = (inf: number | undefined) => void navigate({ replace: true, search: (old) => ({ ...old, inf }) });
  return (
    <>
      <div className={styles.filter}>
        <Input
          allowClear
          prefix={<SearchOutlined aria-hidden="true" />}
          aria-label={t("drivers.infSearch")}
          placeholder={t("drivers.infSearch")}
          value={search}
          onChange={(event) => setSearch(event.target.value)}
        />
      </div>
      <Grid<Inf>
        rowKey="id"
        size="middle"
        columns={useColumns()}
        dataSource={infs.filter((inf) => fits(inf, search))}
        minWidth={900}
        pagination={{ pageSize: 50, hideOnSinglePage: true, showTotal: (count) => t("common.total", { count }) }}
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

const fits = (inf: Inf, search: string) =>
  `${inf.path} ${inf.class ?? ""} ${inf.provider ?? ""}`.toLowerCase().includes(search.trim().toLowerCase());

function useColumns(): TableColumnsType<Inf> {
  const { t } = useTranslation();
  return [
    {
      title: t("drivers.inf"),
      dataIndex: "path",
      sorter: (a, b) => a.path.localeCompare(b.path),
      render: (path: string) => <span className={styles.path}>{path}</span>,
    },
    { title: t("drivers.class"), dataIndex: "class", width: 130, sorter: (a, b) => (a.class ?? "").localeCompare(b.class ?? "") },
    { title: t("drivers.provider"), dataIndex: "provider", width: 180, ellipsis: true },
    { title: t("drivers.version"), dataIndex: "driver_version", width: 130 },
    { title: t("drivers.date"), dataIndex: "driver_date", width: 110, sorter: (a, b) => (a.driver_date ?? "").localeCompare(b.driver_date ?? "") },
    { title: t("drivers.devices"), dataIndex: "devices", width: 90, align: "right", sorter: (a, b) => a.devices - b.devices },
    { title: t("drivers.catalog"), key: "catalog", width: 100, render: (_, inf) => <Catalog inf={inf} /> },
  ];
}

/** Whether the signature catalog that an INF names lies beside it. */
function Catalog({ inf }: { inf: Inf }) {
  const { t } = useTranslation();
  if (inf.catalog_present) return <span title={inf.catalog_file ?? undefined}>{t("drivers.catalogYes")}</span>;
  if (!inf.catalog_file) return <span className={styles.faint}>{t("drivers.catalogNone")}</span>;
  return (
    <span className={styles.missing} title={inf.catalog_file}>
      {t("drivers.catalogMissing")}
    </span>
  );
}
