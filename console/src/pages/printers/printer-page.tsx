// SPDX-License-Identifier: GPL-3.0-or-later
import { ArrowLeftOutlined } from "@ant-design/icons";
import { useQuery } from "@tanstack/react-query";
import { getRouteApi, Link } from "@tanstack/react-router";
import { Alert, Descriptions, type TableColumnsType } from "antd";
import { useTranslation } from "react-i18next";
import { type PrinterDetail, type PrinterModel, printerQuery } from "../../api/printers";
import { Badge } from "../../components/badge";
import { Grid } from "../../components/grid";
import { Loaded } from "../../components/loaded";
import { Mono } from "../../components/mono";
import { PageHead } from "../../components/page-head";
import { Panel } from "../../components/panel";
import { When } from "../../components/when";
import { bytes } from "../../format/bytes";
import { osName } from "../../format/os";
import { RowActions } from "./row-actions";
import { connection, duplexName, paperName, typeName } from "./values";
import styles from "./printers.module.css";

const route = getRouteApi("/printers/$id");

/** One printer driver: its settings, and the models that its INF files name. */
export function PrinterPage() {
  const { id } = route.useParams();
  const printer = useQuery(printerQuery(Number(id)));
  return <Loaded query={printer}>{(detail) => <Detail detail={detail} />}</Loaded>;
}

function Detail({ detail }: { detail: PrinterDetail }) {
  const { t } = useTranslation();
  const navigate = route.useNavigate();
  const above = (
    <Link to="/printers">
      <ArrowLeftOutlined aria-hidden="true" /> {t("printers.back")}
    </Link>
  );
  const actions = (
    <>
      {detail.pending && <Badge tone="warn">{t("printers.pending")}</Badge>}
      <RowActions printer={detail.printer} isLarge left={() => void navigate({ to: "/printers" })} />
    </>
  );
  return (
    <>
      <PageHead title={detail.printer.name} lead={detail.printer.describe} above={above} actions={actions} />
      {detail.warnings.length > 0 && <Warnings warnings={detail.warnings} />}
      <Panel>
        <Facts detail={detail} />
      </Panel>
      <Panel title={t("printers.models", { count: detail.models.length })} flush>
        <Models detail={detail} />
      </Panel>
    </>
  );
}

function Warnings({ warnings }: { warnings: string[] }) {
  const { t } = useTranslation();
  const list = (
    <details>
      <summary>{t("printers.warningsShow")}</summary>
      <ul className={styles.list}>
        {warnings.map((line) => (
          <li key={line}>{line}</li>
        ))}
      </ul>
    </details>
  );
  const title = t("printers.warnings", { count: warnings.length });
  return <Alert type="warning" showIcon title={title} description={list} style={{ marginBottom: 16 }} />;
}

function Facts({ detail }: { detail: PrinterDetail }) {
  const { t } = useTranslation();
  const { printer } = detail;
  const origin = printer.upload_type === 1 ? t("printers.terminal", { name: printer.client_name ?? "" }) : t("printers.console");
  const separator = t("overview.listSeparator");
  const path = (text: string) => <span className={styles.path}>{text}</span>;
  const items = [
    { key: "type", label: t("printers.type"), children: t(`printers.types.${typeName(printer.type)}`) },
    { key: "connection", label: t("printers.connection"), children: path(connection(printer)) },
    { key: "paper", label: t("printers.paper"), children: paperName(printer.paper) },
    { key: "duplex", label: t("printers.duplex"), children: duplexName(printer.duplex_print, t) },
    { key: "system", label: t("printers.system"), children: osName(printer.environment, t) },
    { key: "users", label: t("printers.users"), children: printer.client_nums },
    { key: "origin", label: t("printers.origin"), children: origin },
    { key: "at", label: t("printers.imported"), children: <When at={printer.create_at} /> },
    { key: "archive", label: t("printers.archive"), children: `${detail.archive_name} (${bytes(printer.size)})` },
    { key: "file", label: t("printers.onDisk"), children: path(detail.path) },
    { key: "sha256", label: "SHA-256", children: <Mono text={detail.archive_sha256} /> },
    { key: "architectures", label: t("printers.architectures"), children: detail.architectures.join(separator) },
    {
      key: "supports",
      label: t("printers.supports"),
      children: detail.os_types.map((os) => osName(os, t)).join(separator) || t("common.none"),
      span: "filled" as const,
    },
  ];
  return <Descriptions size="small" layout="vertical" colon={false} column={{ xs: 1, sm: 1, md: 2, xl: 4 }} items={items} />;
}

function Models({ detail }: { detail: PrinterDetail }) {
  const { t } = useTranslation();
  const columns: TableColumnsType<PrinterModel & { key: number }> = [
    { title: t("printers.model"), dataIndex: "name", sorter: (a, b) => a.name.localeCompare(b.name) },
    { title: t("printers.manufacturer"), dataIndex: "manufacturer", width: 180 },
    { title: t("printers.ids"), dataIndex: "ids", render: (ids: string[]) => <span className={styles.path}>{ids.join("  ")}</span> },
    { title: t("printers.inf"), dataIndex: "inf", render: (inf: string) => <span className={styles.path}>{inf}</span> },
  ];
  return (
    <>
      <Grid
        size="small"
        minWidth={860}
        columns={columns}
        dataSource={detail.models.map((model, key) => ({ ...model, key }))}
        pagination={{ pageSize: 50, hideOnSinglePage: true, showTotal: (count) => t("common.total", { count }) }}
      />
      {detail.models_left_out > 0 && (
        <p className={styles.faint} style={{ padding: "0 16px" }}>
          {t("printers.modelsMore", { count: detail.models_left_out })}
        </p>
      )}
    </>
  );
}
