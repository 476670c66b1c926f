// SPDX-License-Identifier: GPL-3.0-or-later
import { SearchOutlined } from "@ant-design/icons";
import { useQuery } from "@tanstack/react-query";
import { getRouteApi } from "@tanstack/react-router";
import { Input, Tabs } from "antd";
import { useTranslation } from "react-i18next";
import { type Driver, driversQuery, DriverType } from "../../api/drivers";
import { useRoleReason } from "../../api/role";
import { refusal, statusQuery } from "../../api/status";
import { Loaded } from "../../components/loaded";
import { PageHead } from "../../components/page-head";
import { Panel } from "../../components/panel";
import { EditBar } from "../../edit/edit-bar";
import { DropZone } from "../../uploads/drop-zone";
import { DriverTable } from "./driver-table";
import styles from "./drivers.module.css";

const route = getRouteApi("/drivers");
const TYPES = ["universal", "extracted"] as const;

/** 驱动中心: what is on the disk, what comes in, what goes. */
export function DriversPage() {
  const { t } = useTranslation();
  const drivers = useQuery(driversQuery);
  const { data: status } = useQuery(statusQuery);
  const reason = useRoleReason("operator") ?? refusal(status, "import");
  return (
    <>
      <PageHead title={t("drivers.title")} lead={t("drivers.lead")} />
      <EditBar />
      <DropZone kind="driver" accept=".iso,.tq" hint={t("drivers.uploadHint")} reason={reason}>
        <Panel flush>
          <Loaded query={drivers}>{(rows) => <Lists rows={rows} />}</Loaded>
        </Panel>
      </DropZone>
    </>
  );
}

function Lists({ rows }: { rows: Driver[] }) {
  const { t } = useTranslation();
  const { type = "universal", search = "" } = route.useSearch();
  const navigate = route.useNavigate();
  const items = TYPES.map((key) => {
    const all = rows.filter((row) => row.type === DriverType[key]);
    return {
      key,
      label: `${t(`drivers.${key}`)} ${all.length}`,
      children: <DriverTable type={key} rows={all.filter((row) => fits(row, search))} isFiltered={search !== ""} />,
    };
  });
  return (
    <div className={styles.lists}>
      <div className={styles.search}>
        <Input
          allowClear
          prefix={<SearchOutlined aria-hidden="true" />}
          aria-label={t("drivers.searchPlaceholder")}
          placeholder={t("drivers.searchPlaceholder")}
          value={search}
          onChange={(event) =>
            void navigate({ replace: true, search: (old) => ({ ...old, search: event.target.value || undefined }) })
          }
        />
      </div>
      <Tabs
        activeKey={type}
        items={items}
        onChange={(key) => void navigate({ search: (old) => ({ ...old, type: key as typeof type }) })}
        tabBarStyle={{ padding: "0 16px", marginBottom: 4 }}
      />
    </div>
  );
}

const fits = (row: Driver, search: string) =>
  `${row.name} ${row.describe ?? ""}`.toLowerCase().includes(search.trim().toLowerCase());
