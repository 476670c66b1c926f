// SPDX-License-Identifier: GPL-3.0-or-later
import { useQuery } from "@tanstack/react-query";
import { getRouteApi } from "@tanstack/react-router";
import { Tabs } from "antd";
import { useTranslation } from "react-i18next";
import { type Driver, driversQuery, DriverType } from "../../api/drivers";
import { useReason } from "../../api/reason";
import { Loaded } from "../../components/loaded";
import { PageHead } from "../../components/page-head";
import { Panel } from "../../components/panel";
import { isFound, SearchBox } from "../../components/search-box";
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
  const reason = useReason("import");
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
    const shown = all.filter((row) => isFound(search, row.name, row.describe));
    return {
      key,
      label: `${t(`drivers.${key}`)} ${all.length}`,
      children: <DriverTable type={key} rows={shown} isFiltered={search !== ""} />,
    };
  });
  const find = (text: string) =>
    void navigate({ replace: true, search: (old) => ({ ...old, search: text || undefined }) });
  return (
    <div className={styles.lists}>
      <div className={styles.search}>
        <SearchBox label={t("drivers.searchPlaceholder")} value={search} onChange={find} />
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
