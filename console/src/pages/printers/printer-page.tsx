// SPDX-License-Identifier: GPL-3.0-or-later
import { useQuery } from "@tanstack/react-query";
import { getRouteApi } from "@tanstack/react-router";
import { type TableColumnsType } from "antd";
import { useTranslation } from "react-i18next";
import { type PrinterDetail, type PrinterModel, printerQuery } from "../../api/printers";
import { BackLink } from "../../components/back-link";
import cell from "../../components/cell.module.css";
import { Grid } from "../../components/grid";
import { ItemPage } from "../../components/item-page";
import { PageHead } from "../../components/page-head";
import { Panel } from "../../components/panel";
import { Warnings } from "../../components/warnings";
import { PendingBadge } from "../../edit/pending-badge";
import { PrinterActions } from "./printer-actions";
import { PrinterFacts } from "./printer-facts";
import styles from "./printers.module.css";

const route = getRouteApi("/printers/$id");

/** One printer driver: its settings, and the models that its INF files name. */
export function PrinterPage() {
  const { t } = useTranslation();
  const { id } = route.useParams();
  const printer = useQuery(printerQuery(Number(id)));
  const above = <BackLink to="/printers">{t("printers.back")}</BackLink>;
  return (
    <ItemPage query={printer} title={t("printers.title")} above={above}>
      {(detail) => <Detail detail={detail} />}
    </ItemPage>
  );
}

function Detail({ detail }: { detail: PrinterDetail }) {
  const { t } = useTranslation();
  const navigate = route.useNavigate();
  const { printer, warnings } = detail;
  return (
    <>
      <PageHead
        title={printer.name}
        lead={printer.describe}
        above={<BackLink to="/printers">{t("printers.back")}</BackLink>}
        mark={<PendingBadge object="printer" id={printer.id} />}
        actions={<PrinterActions printer={printer} isLarge left={() => void navigate({ to: "/printers" })} />}
      />
      <Warnings title={t("printers.warnings", { count: warnings.length })} lines={warnings} />
      <Panel>
        <PrinterFacts detail={detail} />
      </Panel>
      <Panel title={t("printers.models", { count: detail.models.length })} flush>
        <Models detail={detail} />
      </Panel>
    </>
  );
}

function Models({ detail }: { detail: PrinterDetail }) {
  const { t } = useTranslation();
  const columns: TableColumnsType<PrinterModel & { key: number }> = [
    { title: t("printers.model"), dataIndex: "name", sorter: (a, b) => a.name.localeCompare(b.name) },
    { title: t("printers.manufacturer"), dataIndex: "manufacturer", width: 120 },
    { title: t("printers.ids"), dataIndex: "ids", width: 220, render: (ids: string[]) => <Ids ids={ids} /> },
    { title: t("printers.inf"), dataIndex: "inf", width: 120, render: (inf: string) => <span className={cell.path}>{inf}</span> },
  ];
  return (
    <>
      <Grid
        size="small"
        columns={columns}
        dataSource={detail.models.map((model, key) => ({ ...model, key }))}
        pagination={{ defaultPageSize: 50 }}
      />
      {detail.models_left_out > 0 && (
        <p className={styles.more}>{t("printers.modelsMore", { count: detail.models_left_out })}</p>
      )}
    </>
  );
}

function Ids({ ids }: { ids: string[] }) {
  return (
    <>
      {ids.map((id) => (
        <div key={id} className={cell.path}>
          {id}
        </div>
      ))}
    </>
  );
}
