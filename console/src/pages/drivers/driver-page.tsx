// SPDX-License-Identifier: GPL-3.0-or-later
import { ArrowLeftOutlined, EditOutlined } from "@ant-design/icons";
import { useQuery } from "@tanstack/react-query";
import { getRouteApi, Link } from "@tanstack/react-router";
import { Alert, Tabs } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { type DriverDetail, DriverType, driverQuery } from "../../api/drivers";
import { useRoleReason } from "../../api/role";
import { refusal, statusQuery } from "../../api/status";
import { ActionButton } from "../../components/action-button";
import { Badge } from "../../components/badge";
import { FileBrowser } from "../../components/file-browser";
import { Loaded } from "../../components/loaded";
import { PageHead } from "../../components/page-head";
import { Panel } from "../../components/panel";
import { DeleteButton } from "./delete-button";
import { EditDialog } from "./edit-dialog";
import { Facts } from "./facts";
import { InfTable } from "./inf-table";
import styles from "./drivers.module.css";

const route = getRouteApi("/drivers/$id");

/** One driver: what it is, its INF files with their devices, its files. */
export function DriverPage() {
  const { id } = route.useParams();
  const driver = useQuery(driverQuery(Number(id)));
  return <Loaded query={driver}>{(detail) => <Detail detail={detail} />}</Loaded>;
}

function Detail({ detail }: { detail: DriverDetail }) {
  const { t } = useTranslation();
  const navigate = route.useNavigate();
  const { tab = "infs", path } = route.useSearch();
  const type = detail.driver.type === DriverType.universal ? "universal" : "extracted";
  const items = [
    { key: "infs", label: t("drivers.infs", { count: detail.infs.length }), children: <InfTable infs={detail.infs} /> },
    { key: "files", label: t("drivers.files"), children: <FileBrowser root={detail.directory} path={path} /> },
  ];
  return (
    <>
      <PageHead
        title={detail.driver.name}
        above={
          <Link to="/drivers" search={{ type }}>
            <ArrowLeftOutlined aria-hidden="true" /> {t("drivers.back")}
          </Link>
        }
        lead={detail.driver.describe}
        actions={<Actions detail={detail} type={type} />}
      />
      {detail.warnings.length > 0 && <Warnings warnings={detail.warnings} />}
      <Panel>
        <Facts detail={detail} />
      </Panel>
      <Panel flush>
        <Tabs
          activeKey={tab}
          items={items}
          tabBarStyle={{ padding: "0 16px", marginBottom: 8 }}
          onChange={(key) => void navigate({ search: { tab: key as typeof tab } })}
          destroyOnHidden
        />
      </Panel>
    </>
  );
}

function Actions({ detail, type }: { detail: DriverDetail; type: "universal" | "extracted" }) {
  const { t } = useTranslation();
  const navigate = route.useNavigate();
  const [isEdited, setEdited] = useState(false);
  const { data: status } = useQuery(statusQuery);
  const reason = useRoleReason("operator") ?? refusal(status, "edit");
  const leave = () => void navigate({ to: "/drivers", search: { type } });
  return (
    <>
      {detail.pending && <Badge tone="warn">{t("drivers.pendingImport")}</Badge>}
      <ActionButton icon={<EditOutlined aria-hidden="true" />} reason={reason} onClick={() => setEdited(true)}>
        {t("drivers.edit")}
      </ActionButton>
      <DeleteButton drivers={[detail.driver]} done={leave} />
      <EditDialog driver={isEdited ? detail.driver : undefined} close={() => setEdited(false)} />
    </>
  );
}

function Warnings({ warnings }: { warnings: string[] }) {
  const { t } = useTranslation();
  return (
    <Alert
      type="warning"
      showIcon
      style={{ marginBottom: 16 }}
      title={t("drivers.warnings", { count: warnings.length })}
      description={
        <details>
          <summary>{t("drivers.warningsShow")}</summary>
          <ul className={styles.warnings}>
            {warnings.map((line) => (
              <li key={line}>{line}</li>
            ))}
          </ul>
        </details>
      }
    />
  );
}
