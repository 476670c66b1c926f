// SPDX-License-Identifier: GPL-3.0-or-later
import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import { type Driver, DriverType } from "../../api/drivers";
import type { Status } from "../../api/status";
import type { TerminalCounts } from "../../api/terminals";
import { versionsQuery } from "../../api/versions";
import { When } from "../../components/when";
import { bytes } from "../../format/bytes";
import styles from "./overview.module.css";

interface Props {
  status: Status;
  drivers: Driver[];
  terminals: TerminalCounts;
}

/** The four figures of a site. Each leads to its page. */
export function Tiles({ status, drivers, terminals }: Props) {
  const { t } = useTranslation();
  const { busy, error } = terminals;
  const of = (type: number) => drivers.filter((driver) => driver.type === type).length;
  return (
    <div className={styles.tiles}>
      <Link to="/versions" className={styles.tile}>
        <div className={styles.label}>{t("overview.version")}</div>
        <div className={styles.value}>{status.version || "–"}</div>
        <div className={styles.sub}>
          <Saved number={status.version} />
        </div>
      </Link>
      <Link to="/terminals" className={styles.tile}>
        <div className={styles.label}>{t("overview.terminals")}</div>
        <div className={styles.value}>
          {terminals.identical} <span className={styles.of}>/ {terminals.total}</span>
        </div>
        <div className={styles.sub}>
          {terminals.total === 0 ? t("overview.terminalsNone") : t("overview.terminalsText", { busy, error })}
        </div>
      </Link>
      <Link to="/drivers" className={styles.tile}>
        <div className={styles.label}>{t("overview.drivers")}</div>
        <div className={styles.value}>{drivers.length}</div>
        <div className={styles.sub}>
          {t("overview.driversText", { universal: of(DriverType.universal), extracted: of(DriverType.extracted) })}
        </div>
      </Link>
      <Link to="/settings" search={{ tab: "health" }} className={styles.tile}>
        <div className={styles.label}>{t("overview.disk")}</div>
        <div className={styles.value}>{bytes(status.length)}</div>
        <div className={styles.sub}>{t("overview.diskText", { free: bytes(status.free_bytes) })}</div>
      </Link>
    </div>
  );
}

/** When the current version was made, and by whom. */
function Saved({ number }: { number: number }) {
  const { t } = useTranslation();
  const { data: versions } = useQuery(versionsQuery);
  const version = versions?.find((known) => known.number === number);
  if (number === 0) return <>{t("overview.versionNone")}</>;
  if (!version) return null;
  return (
    <>
      <When at={version.created_at} /> · {version.created_by}
    </>
  );
}
