// SPDX-License-Identifier: GPL-3.0-or-later
import { useQuery } from "@tanstack/react-query";
import { getRouteApi } from "@tanstack/react-router";
import { Segmented } from "antd";
import { useTranslation } from "react-i18next";
import { type Printer, PrinterType, printersQuery } from "../../api/printers";
import { useReason } from "../../api/reason";
import cell from "../../components/cell.module.css";
import { Loaded } from "../../components/loaded";
import { PageHead } from "../../components/page-head";
import { Panel } from "../../components/panel";
import { isFound, SearchBox } from "../../components/search-box";
import { EditBar } from "../../edit/edit-bar";
import { DropZone } from "../../uploads/drop-zone";
import { PrinterTable } from "./printer-table";
import { connection, TYPES } from "./values";

const route = getRouteApi("/printers");

/** Printer drivers: import, copy, set, delete. */
export function PrintersPage() {
  const { t } = useTranslation();
  const printers = useQuery(printersQuery);
  return (
    <>
      <PageHead title={t("printers.title")} lead={t("printers.lead")} />
      <EditBar />
      <DropZone kind="printer" accept=".zip" hint={t("printers.uploadHint")} reason={useReason("import")}>
        <Panel flush>
          <Filters all={printers.data ?? []} />
          <Loaded query={printers}>{(rows) => <Rows rows={rows} />}</Loaded>
        </Panel>
      </DropZone>
    </>
  );
}

function Filters({ all }: { all: Printer[] }) {
  const { t } = useTranslation();
  const { type, search = "" } = route.useSearch();
  const navigate = route.useNavigate();
  const count = (name: (typeof TYPES)[number]) => all.filter((row) => row.type === PrinterType[name]).length;
  const options = [
    { value: "all", label: `${t("printers.all")} ${all.length}` },
    ...TYPES.map((name) => ({ value: name as string, label: `${t(`printers.types.${name}`)} ${count(name)}` })),
  ];
  const filter = (value: string) =>
    void navigate({ search: (old) => ({ ...old, type: TYPES.find((name) => name === value) }) });
  const find = (text: string) =>
    void navigate({ replace: true, search: (old) => ({ ...old, search: text || undefined }) });
  return (
    <div className={cell.filters}>
      <Segmented aria-label={t("printers.type")} options={options} value={type ?? "all"} onChange={filter} />
      <div className={cell.apart}>
        <SearchBox label={t("printers.searchPlaceholder")} value={search} onChange={find} />
      </div>
    </div>
  );
}

function Rows({ rows }: { rows: Printer[] }) {
  const { type, search = "" } = route.useSearch();
  const fits = (row: Printer) => isFound(search, row.name, connection(row), row.describe, row.client_name);
  const shown = rows.filter((row) => (!type || row.type === PrinterType[type]) && fits(row));
  return <PrinterTable rows={shown} isFiltered={rows.length > 0} />;
}
