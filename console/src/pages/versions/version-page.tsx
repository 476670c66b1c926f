// SPDX-License-Identifier: GPL-3.0-or-later
import { ArrowLeftOutlined } from "@ant-design/icons";
import { useQuery } from "@tanstack/react-query";
import { getRouteApi, Link } from "@tanstack/react-router";
import { Alert, Select, Tabs } from "antd";
import { useTranslation } from "react-i18next";
import { statusQuery } from "../../api/status";
import { diffQuery, type VersionDiff, versionsQuery } from "../../api/versions";
import { FileBrowser } from "../../components/file-browser";
import { Loaded } from "../../components/loaded";
import { PageHead } from "../../components/page-head";
import { Panel } from "../../components/panel";
import { FileChanges, InfChanges, PackageChanges } from "./diff-tables";
import { RollbackButton } from "./rollback-button";
import styles from "./versions.module.css";

const route = getRouteApi("/versions/$number");

/** One version, beside another one. */
export function VersionPage() {
  const { t } = useTranslation();
  const number = Number(route.useParams().number);
  const { from } = route.useSearch();
  const { data: versions } = useQuery(versionsQuery);
  const { data: status } = useQuery(statusQuery);
  const diff = useQuery(diffQuery(number, from));
  const version = versions?.find((known) => known.number === number);
  const isKept = version?.kept ?? true;
  return (
    <>
      <PageHead
        title={t("versions.number", { number })}
        lead={version?.note}
        above={
          <Link to="/versions">
            <ArrowLeftOutlined aria-hidden="true" /> {t("versions.backToAll")}
          </Link>
        }
        actions={
          <>
            <Other number={number} />
            {isKept && status !== undefined && status.version !== number && <RollbackButton number={number} />}
          </>
        }
      />
      {!isKept && <Alert type="info" showIcon title={t("versions.notKept")} style={{ marginBottom: 16 }} />}
      <Panel flush>
        <Loaded query={diff}>{(known) => <Diff diff={known} isKept={isKept} />}</Loaded>
      </Panel>
    </>
  );
}

/** Which version it is compared with. */
function Other({ number }: { number: number }) {
  const { t } = useTranslation();
  const { from } = route.useSearch();
  const navigate = route.useNavigate();
  const { data: versions = [] } = useQuery(versionsQuery);
  const others = versions.filter((known) => known.number !== number && known.number > 0);
  return (
    <span className={styles.tools}>
      {t("versions.diffWith")}
      <Select
        allowClear
        aria-label={t("versions.diffWith")}
        placeholder={t("versions.diffPrevious")}
        value={from ?? null}
        style={{ width: 160 }}
        options={others.map(({ number: value }) => ({ value, label: t("versions.number", { number: value }) }))}
        onChange={(value) => void navigate({ search: (old) => ({ ...old, from: value ?? undefined }) })}
      />
    </span>
  );
}

function Diff({ diff, isKept }: { diff: VersionDiff; isKept: boolean }) {
  const { t } = useTranslation();
  const { tab = "packages", path } = route.useSearch();
  const navigate = route.useNavigate();
  const items = [
    {
      key: "packages",
      label: t("versions.drivers", { count: diff.packages.length }),
      children: <PackageChanges rows={diff.packages} />,
    },
    { key: "infs", label: t("versions.infs", { count: diff.infs.length }), children: <InfChanges rows={diff.infs} /> },
    { key: "files", label: t("versions.files"), children: <FileChanges number={diff.to} from={diff.from} /> },
    ...(isKept
      ? [{ key: "disk", label: t("versions.browse"), children: <FileBrowser root="" path={path} version={diff.to} /> }]
      : []),
  ];
  return (
    <Tabs
      activeKey={tab}
      items={items}
      destroyOnHidden
      tabBarStyle={{ padding: "0 16px", marginBottom: 4 }}
      onChange={(key) => void navigate({ search: (old) => ({ ...old, path: undefined, tab: key as typeof tab }) })}
    />
  );
}
