// SPDX-License-Identifier: GPL-3.0-or-later
import { Link } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import type { TerminalCounts } from "../../api/terminals";
import { Panel } from "../../components/panel";
import styles from "./overview.module.css";

const KINDS = [
  { key: "identical", label: "stateIdentical", colour: "var(--good)" },
  { key: "busy", label: "stateBusy", colour: "var(--accent)" },
  { key: "behind", label: "stateBehind", colour: "var(--warn)" },
  { key: "offline", label: "stateOffline", colour: "var(--ink-faint)" },
  { key: "error", label: "stateError", colour: "var(--bad)" },
] as const;

/** How many terminals are in which state, as one bar; the legend has the numbers and leads to the terminals. */
export function TerminalStates({ terminals }: { terminals: TerminalCounts }) {
  const { t } = useTranslation();
  const counts = terminals.tally;
  return (
    <Panel title={t("overview.byState")} extra={<Link to="/terminals">{t("overview.allTerminals")}</Link>}>
      <div className={styles.bar} aria-hidden="true">
        {KINDS.filter(({ key }) => counts[key] > 0).map(({ key, colour }) => (
          <span key={key} style={{ flexGrow: counts[key], background: colour }} />
        ))}
      </div>
      <div className={styles.legend}>
        {KINDS.map(({ key, label, colour }) => (
          <Link key={key} to="/terminals" search={{ show: key }}>
            <span className={styles.swatch} style={{ background: colour }} aria-hidden="true" />
            {t(`overview.${label}`)} {counts[key]}
          </Link>
        ))}
      </div>
    </Panel>
  );
}
