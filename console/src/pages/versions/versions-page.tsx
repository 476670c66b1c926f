// SPDX-License-Identifier: GPL-3.0-or-later
import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import { statusQuery } from "../../api/status";
import { terminalVersionsQuery } from "../../api/terminals";
import { type Version, versionsQuery } from "../../api/versions";
import { Empty } from "../../components/empty";
import { Loaded } from "../../components/loaded";
import { PageHead } from "../../components/page-head";
import { Panel } from "../../components/panel";
import { VersionEntry } from "./version-entry";
import styles from "./versions.module.css";

/** The history of the disk, newest first. */
export function VersionsPage() {
  const { t } = useTranslation();
  const versions = useQuery(versionsQuery);
  return (
    <>
      <PageHead title={t("versions.title")} lead={t("versions.lead")} />
      <Panel>
        <Loaded query={versions}>{(rows) => (hasSaves(rows) ? <Timeline rows={rows} /> : <None />)}</Loaded>
      </Panel>
    </>
  );
}

const hasSaves = (rows: Version[]) => rows.some(({ number }) => number > 0);

function None() {
  const { t } = useTranslation();
  const action = <Link to="/drivers">{t("versions.toDrivers")}</Link>;
  return <Empty title={t("versions.empty")} hint={t("versions.emptyHint")} action={action} />;
}

function Timeline({ rows }: { rows: Version[] }) {
  const { data: status } = useQuery(statusQuery);
  const { data: counts } = useQuery(terminalVersionsQuery);
  const at = (number: number) => counts?.find(({ version }) => version === number)?.terminals ?? 0;
  return (
    <ol className={styles.timeline}>
      {rows.map((row) => (
        <VersionEntry
          key={row.number}
          version={row}
          isCurrent={row.number === status?.version}
          terminals={at(row.number)}
        />
      ))}
    </ol>
  );
}
