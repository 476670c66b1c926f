// SPDX-License-Identifier: GPL-3.0-or-later
import { Link } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import type { TerminalCounts } from "../../api/terminals";
import { Panel } from "../../components/panel";
import styles from "./overview.module.css";

/** Every terminal is one of these. */
const WHOLE = [
  { key: "identical", label: "stateIdentical", colour: "var(--good)" },
  { key: "behind", label: "stateBehind", colour: "var(--warn)" },
] as const;
/** These overlap with them and with each other. */
const PARTS = [
  { key: "busy", label: "stateBusy" },
  { key: "error", label: "stateError" },
  { key: "offline", label: "stateOffline" },
] as const;

/** How many terminals are identical, and how the others stand. Each number is that of the list to which it leads. */
export function TerminalStates({ terminals: counts }: { terminals: TerminalCounts }) {
  const { t } = useTranslation();
  return (
    <Panel title={t("overview.byState")} extra={<Link to="/terminals">{t("overview.allTerminals")}</Link>}>
      <div className={styles.bar} aria-hidden="true">
        {WHOLE.filter(({ key }) => counts[key] > 0).map(({ key, colour }) => (
          <span key={key} style={{ flexGrow: counts[key], background: colour }} />
        ))}
      </div>
      <div className={styles.legend}>
        {WHOLE.map(({ key, label, colour }) => (
          <Link key={key} to="/terminals" search={{ show: key }}>
            <span className={styles.swatch} style={{ background: colour }} aria-hidden="true" />
            {t(`overview.${label}`)} {counts[key]}
          </Link>
        ))}
      </div>
      <div className={styles.parts}>
        <span>{t("overview.stateParts")}</span>
        {PARTS.map(({ key, label }) => (
          <Link key={key} to="/terminals" search={{ show: key }}>
            {t(`overview.${label}`)} {counts[key]}
          </Link>
        ))}
      </div>
    </Panel>
  );
}
