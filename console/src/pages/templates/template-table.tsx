// SPDX-License-Identifier: GPL-3.0-or-later
import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import type { TableColumnsType } from "antd";
import { useTranslation } from "react-i18next";
import { driversQuery } from "../../api/drivers";
import type { Template } from "../../api/templates";
import { Badge } from "../../components/badge";
import cell from "../../components/cell.module.css";
import { Empty } from "../../components/empty";
import { Grid } from "../../components/grid";
import { When } from "../../components/when";
import { osName } from "../../format/os";
import { TemplateActions } from "./template-actions";

/** Templates of one kind. */
export function TemplateTable({ rows }: { rows: Template[] }) {
  const { t } = useTranslation();
  return (
    <Grid<Template>
      rowKey="id"
      columns={useColumns()}
      dataSource={rows}
      pagination={{ defaultPageSize: 50 }}
      locale={{ emptyText: <Empty title={t("templates.empty")} hint={t("templates.emptyHint")} /> }}
    />
  );
}

function useColumns(): TableColumnsType<Template> {
  const { t } = useTranslation();
  return [
    {
      title: t("common.name"),
      dataIndex: "name",
      sorter: (a, b) => a.name.localeCompare(b.name, "zh-CN"),
      render: (name: string, row) => (
        <span className={cell.name}>
          {name} {row.is_allow_heterogeneous && <Badge tone="mute">{t("templates.heterogeneous")}</Badge>}
        </span>
      ),
    },
    { title: t("templates.system"), dataIndex: "os_type", width: 170, responsive: ["lg"], render: (os: number) => osName(os, t) },
    {
      title: t("templates.universal"),
      dataIndex: "universal_driver_id",
      width: 150,
      render: (id: number | null) => <DriverLink id={id} />,
    },
    {
      title: t("templates.extracted"),
      dataIndex: "extractive_driver_id",
      width: 150,
      render: (id: number | null) => <DriverLink id={id} />,
    },
    {
      title: <span title={t("templates.hgVersionHint")}>{t("templates.hgVersion")}</span>,
      dataIndex: "hg_version",
      width: 90,
      align: "right",
    },
    { title: t("templates.created"), dataIndex: "create_at", width: 110, responsive: ["lg"], render: (at: string) => <When at={at} /> },
    { title: t("common.actions"), key: "actions", width: 124, render: (_, row) => <TemplateActions template={row} /> },
  ];
}

function DriverLink({ id }: { id: number | null | undefined }) {
  const { t } = useTranslation();
  const { data: drivers } = useQuery(driversQuery);
  if (id == null) return <span className={cell.faint}>{t("templates.none")}</span>;
  return (
    <Link to="/drivers/$id" params={{ id: String(id) }}>
      {drivers?.find((driver) => driver.id === id)?.name ?? `#${id}`}
    </Link>
  );
}
