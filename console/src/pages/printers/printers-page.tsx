// SPDX-License-Identifier: GPL-3.0-or-later
import { SearchOutlined } from "@ant-design/icons";
import { useQuery } from "@tanstack/react-query";
import { getRouteApi } from "@tanstack/react-router";
import { Input, Segmented } from "antd";
import { useTranslation } from "react-i18next";
import { type Printer, PrinterType, printersQuery } from "../../api/printers";
import { useRoleReason } from "../../api/role";
import { refusal, statusQuery } from "../../api/status";
import { Loaded } from "../../components/loaded";
import { PageHead } from "../../components/page-head";
import { Panel } from "../../components/panel";
import { EditBar } from "../../edit/edit-bar";
import { DropZone } from "../../uploads/drop-zone";
import { PrinterTable } from "./printer-table";
import { TYPES } from "./values";
import styles from "./printers.module.css";

const route = getRouteApi("/printers");

/** Printer drivers: import, copy, set, delete. */
export function PrintersPage() {
  const { t } = useTranslation();
  const printers = useQuery(printersQuery);
  const { data: status } = useQuery(statusQuery);
  const reason = useRoleReason("operator") ?? refusal(status, "import");
  return (
    <>
      <PageHead title={t("printers.title")} lead={t("printers.lead")} />
      <EditBar />
      <DropZone kind="printer" accept=".zip" hint={t("printers.uploadHint")} reason={reason}>
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
  return (
    <div className={styles.filters}>
      <Segmented
        aria-label={t("printers.type")}
        options={options}
        value={type ?? "all"}
        onChange={(value) =>
          void navigate({ search: (old) => ({ ...old, type: TYPES.find((name) => name === value) }) })
        }
      />
      <Input
        allowClear
        prefix={<SearchOutlined aria-hidden="true" />}
        aria-label={t("printers.searchPlaceholder")}
        placeholder={t("printers.searchPlaceholder")}
        value={search}
        style={{ width: 260 }}
        onChange={(event) =>
          void navigate({ replace: true, search: (old) => ({ ...old, search: event.target.value || undefined }) })
        }
      />
    </div>
  );
}

function Rows({ rows }: { rows: Printer[] }) {
  const { type, search = "" } = route.useSearch();
  const shown = rows.filter((row) => (!type || row.type === PrinterType[type]) && fits(row, search));
  return <PrinterTable rows={shown} isFiltered={rows.length > 0} />;
}

const fits = (row: Printer, search: string) =>
  `${row.name} ${row.ip} ${row.describe ?? ""} ${row.client_name ?? ""}`
    .toLowerCase()
    .includes(search.trim().toLowerCase());
