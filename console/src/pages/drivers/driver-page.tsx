// SPDX-License-Identifier: GPL-3.0-or-later
import { useQuery } from "@tanstack/react-query";
import { getRouteApi } from "@tanstack/react-router";
import { Tabs } from "antd";
import { useTranslation } from "react-i18next";
import { type DriverDetail, DriverType, driverQuery } from "../../api/drivers";
import { BackLink } from "../../components/back-link";
import { FileBrowser } from "../../components/file-browser";
import { ItemPage } from "../../components/item-page";
import { PageHead } from "../../components/page-head";
import { Panel } from "../../components/panel";
import { Warnings } from "../../components/warnings";
import { PendingBadge } from "../../edit/pending-badge";
import { DriverActions } from "./driver-actions";
import { DriverFacts } from "./driver-facts";
import { InfTable } from "./inf-table";

const route = getRouteApi("/drivers/$id");

/** One driver: what it is, its INF files with their devices, its files. */
export function DriverPage() {
  const { t } = useTranslation();
  const { id } = route.useParams();
  const driver = useQuery(driverQuery(Number(id)));
  const above = <BackLink to="/drivers">{t("drivers.back")}</BackLink>;
  return (
    <ItemPage query={driver} title={t("drivers.title")} above={above}>
      {(detail) => <Detail detail={detail} />}
    </ItemPage>
  );
}

function Detail({ detail }: { detail: DriverDetail }) {
  const { t } = useTranslation();
  const navigate = route.useNavigate();
  const { driver, warnings } = detail;
  const type = driver.type === DriverType.universal ? "universal" : "extracted";
  const leave = () => void navigate({ to: "/drivers", search: { type } });
  return (
    <>
      <PageHead
        title={driver.name}
        above={
          <BackLink to="/drivers" search={{ type }}>
            {t("drivers.back")}
          </BackLink>
        }
        lead={driver.describe}
        mark={<PendingBadge object="driver" id={driver.id} />}
        actions={<DriverActions driver={driver} isLarge left={leave} />}
      />
      <Warnings title={t("drivers.warnings", { count: warnings.length })} lines={warnings} />
      <Panel>
        <DriverFacts detail={detail} type={type} />
      </Panel>
      <Panel flush>
        <Contents detail={detail} />
      </Panel>
    </>
  );
}

function Contents({ detail }: { detail: DriverDetail }) {
  const { t } = useTranslation();
  const navigate = route.useNavigate();
  const { tab = "infs", path } = route.useSearch();
  const items = [
    { key: "infs", label: t("drivers.infs", { count: detail.infs.length }), children: <InfTable infs={detail.infs} /> },
    { key: "files", label: t("drivers.files"), children: <FileBrowser root={detail.directory} path={path} /> },
  ];
  return (
    <Tabs
      activeKey={tab}
      items={items}
      tabBarStyle={{ padding: "0 16px", marginBottom: 8 }}
      onChange={(key) => void navigate({ search: { tab: key as typeof tab } })}
      destroyOnHidden
    />
  );
}
