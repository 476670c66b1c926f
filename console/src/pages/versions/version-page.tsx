// SPDX-License-Identifier: GPL-3.0-or-later
import { useQuery } from "@tanstack/react-query";
import { getRouteApi } from "@tanstack/react-router";
import { Alert, Select, Tabs } from "antd";
import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { statusQuery } from "../../api/status";
import { diffQuery, type Version, type VersionDiff, versionsQuery } from "../../api/versions";
import { BackLink } from "../../components/back-link";
import { Badge } from "../../components/badge";
import { Empty } from "../../components/empty";
import { FileBrowser } from "../../components/file-browser";
import { ItemPage } from "../../components/item-page";
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
  const versions = useQuery(versionsQuery);
  const above = <BackLink to="/versions">{t("versions.backToAll")}</BackLink>;
  const title = t("versions.number", { number });
  return (
    <ItemPage query={versions} title={title} above={above}>
      {(rows) => {
        const version = rows.find((known) => known.number === number);
        if (version) return <Known version={version} above={above} />;
        return (
          <>
            <PageHead title={title} above={above} />
            <Panel>
              <Empty title={t("versions.gone")} hint={t("versions.goneHint")} />
            </Panel>
          </>
        );
      }}
    </ItemPage>
  );
}

function Known({ version, above }: { version: Version; above: ReactNode }) {
  const { t } = useTranslation();
  const { number, kept } = version;
  const { from } = route.useSearch();
  const { data: status } = useQuery(statusQuery);
  const diff = useQuery(diffQuery(number, from));
  const isCurrent = status?.version === number;
  return (
    <>
      <PageHead
        title={t("versions.number", { number })}
        lead={version.note}
        above={above}
        mark={isCurrent && <Badge tone="good">{t("versions.current")}</Badge>}
        actions={
          <>
            <Other number={number} />
            {kept && status !== undefined && !isCurrent && <RollbackButton number={number} />}
          </>
        }
      />
      {!kept && <Alert type="info" showIcon title={t("versions.notKept")} style={{ marginBottom: 16 }} />}
      <Panel flush>
        <Loaded query={diff}>{(known) => <Diff diff={known} isKept={kept ?? true} />}</Loaded>
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
