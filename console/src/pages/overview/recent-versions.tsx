// SPDX-License-Identifier: GPL-3.0-or-later
import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import { type Version, versionsQuery } from "../../api/versions";
import { Loaded } from "../../components/loaded";
import { Panel } from "../../components/panel";
import { When } from "../../components/when";
import styles from "./overview.module.css";

const SHOWN = 5;

/** The last few versions. */
export function RecentVersions() {
  const { t } = useTranslation();
  const versions = useQuery(versionsQuery);
  return (
    <Panel title={t("overview.recent")} extra={<Link to="/versions">{t("overview.recentAll")}</Link>}>
      <Loaded query={versions}>{(rows) => <List rows={rows.filter(({ number }) => number > 0).slice(0, SHOWN)} />}</Loaded>
    </Panel>
  );
}

function List({ rows }: { rows: Version[] }) {
  const { t } = useTranslation();
  if (rows.length === 0) return <span className={styles.label}>{t("versions.empty")}</span>;
  return (
    <ul className={styles.recent}>
      {rows.map((row) => (
        <li key={row.number}>
          <Link to="/versions/$number" params={{ number: String(row.number) }}>
            {t("versions.number", { number: row.number })}
          </Link>
          <span className={styles.recentNote}>{row.note ?? summary(row)}</span>
          <span className={styles.amount}>
            <When at={row.created_at} />
          </span>
        </li>
      ))}
    </ul>
  );
}

const summary = ({ added, removed }: Version) =>
  [...added.map((name) => `+ ${name}`), ...removed.map((name) => `− ${name}`)].join("  ");
