// SPDX-License-Identifier: GPL-3.0-or-later
import { Link } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import type { Version } from "../../api/versions";
import { Badge } from "../../components/badge";
import { Mono } from "../../components/mono";
import { When } from "../../components/when";
import { bytes } from "../../format/bytes";
import { RollbackButton } from "./rollback-button";
import styles from "./versions.module.css";

const KINDS = ["initial", "save", "rollback", "restore", "grow"] as const;

interface Props {
  version: Version;
  isCurrent: boolean;
  /** Terminals that have it. */
  terminals: number;
}

/** One version: what came in and went, and what it costs a terminal. */
export function VersionEntry({ version, isCurrent, terminals }: Props) {
  const { t } = useTranslation();
  const kind = KINDS.find((known) => known === version.kind);
  return (
    <li className={`${styles.entry} ${isCurrent ? styles.current : ""}`}>
      <div className={styles.head}>
        <h2 className={styles.number}>
          <Link to="/versions/$number" params={{ number: String(version.number) }}>
            {t("versions.number", { number: version.number })}
          </Link>
        </h2>
        {isCurrent && <Badge tone="good">{t("versions.current")}</Badge>}
        {kind !== "save" && <Badge tone="mute">{kind ? t(`versions.kind.${kind}`) : version.kind}</Badge>}
        <span className={styles.by}>
          {version.created_by} · <When at={version.created_at} />
        </span>
        <span className={styles.does}>
          {!isCurrent && version.kept && <RollbackButton number={version.number} isSmall />}
        </span>
      </div>
      {version.target != null && <p className={styles.note}>{t("versions.back", { number: version.target })}</p>}
      {version.note && <p className={styles.note}>{version.note}</p>}
      <Changes version={version} />
      <div className={styles.figures}>
        <span title={t("versions.updateHint")}>
          {t("versions.update")} {bytes(version.update_bytes)}
        </span>
        <span>
          {t("versions.disk")} {bytes(version.length)}
        </span>
        <span>{t("versions.packages", { count: version.packages })}</span>
        {terminals > 0 && (
          <Link to="/terminals" search={{ version: version.number }}>
            {t("versions.terminals", { count: terminals })}
          </Link>
        )}
        <Checksums version={version} />
      </div>
    </li>
  );
}

function Changes({ version }: { version: Version }) {
  const { t } = useTranslation();
  const changed = version.changed ?? [];
  if (version.added.length + version.removed.length + changed.length === 0) {
    return version.kind === "initial" ? null : <p className={styles.faint}>{t("versions.noChange")}</p>;
  }
  return (
    <ul className={styles.changes}>
      {version.added.map((name) => (
        <li key={`+${name}`} className={styles.added}>
          <span aria-hidden="true">+ </span>
          <span className="visually-hidden">{t("versions.added")} </span>
          {name}
        </li>
      ))}
      {changed.map((name) => (
        <li key={`~${name}`} className={styles.altered}>
          <span aria-hidden="true">~ </span>
          <span className="visually-hidden">{t("versions.changed")} </span>
          {name}
        </li>
      ))}
      {version.removed.map((name) => (
        <li key={`-${name}`} className={styles.removed}>
          <span aria-hidden="true">− </span>
          <span className="visually-hidden">{t("versions.removed")} </span>
          {name}
        </li>
      ))}
    </ul>
  );
}

function Checksums({ version }: { version: Version }) {
  const { t } = useTranslation();
  return (
    <details className={styles.checksums}>
      <summary>{t("versions.details")}</summary>
      <dl className={styles.sums}>
        <dt>{t("versions.root")}</dt>
        <dd>
          <Mono text={version.root} length={64} />
        </dd>
        <dt>MD5</dt>
        <dd>{version.md5 ? <Mono text={version.md5} length={32} /> : t("versions.md5Pending")}</dd>
      </dl>
    </details>
  );
}
