// SPDX-License-Identifier: GPL-3.0-or-later
import type { TableColumnsType } from "antd";
import { useTranslation } from "react-i18next";
import type { Printer } from "../../api/printers";
import cell from "../../components/cell.module.css";
import { Empty } from "../../components/empty";
import { PackageTable } from "../../edit/package-table";
import { osName } from "../../format/os";
import { DeletePrinters } from "./delete-button";
import { PrinterActions } from "./printer-actions";
import { connection, duplexName, paperName, typeName } from "./values";

/** Printer drivers, a row each. */
export function PrinterTable({ rows, isFiltered }: { rows: Printer[]; isFiltered: boolean }) {
  const { t } = useTranslation();
  const origin = (row: Printer) => row.upload_type === 1 && t("printers.terminal", { name: row.client_name ?? "" });
  const empty = isFiltered ? (
    <Empty title={t("printers.noMatch")} hint={t("printers.noMatchHint")} />
  ) : (
    <Empty title={t("printers.empty")} hint={t("printers.emptyHint")} />
  );
  return (
    <PackageTable<Printer>
      object="printer"
      rows={rows}
      about={(row) => [osName(row.environment, t), row.describe, origin(row)]}
      columns={useColumns()}
      actions={(printer) => <PrinterActions printer={printer} />}
      chosenActions={(printers, done) => <DeletePrinters printers={printers} done={done} />}
      empty={empty}
    />
  );
}

function useColumns(): TableColumnsType<Printer> {
  const { t } = useTranslation();
  return [
    {
      title: t("printers.connection"),
      key: "connection",
      width: 160,
      sorter: (a, b) => a.type - b.type || connection(a).localeCompare(connection(b)),
      render: (_, row) => (
        <>
          <div>{t(`printers.types.${typeName(row.type)}`)}</div>
          <span className={cell.path}>{connection(row)}</span>
        </>
      ),
    },
    {
      title: t("printers.paper"),
      key: "paper",
      width: 140,
      responsive: ["lg"],
      render: (_, row) => (
        <>
          <div>{paperName(row.paper)}</div>
          <span className={cell.second}>{duplexName(row.duplex_print, t)}</span>
        </>
      ),
    },
    {
      title: <span title={t("printers.usersHint")}>{t("printers.users")}</span>,
      dataIndex: "client_nums",
      width: 90,
      responsive: ["lg"],
      align: "right",
      sorter: (a, b) => a.client_nums - b.client_nums,
    },
  ];
}
