// SPDX-License-Identifier: GPL-3.0-or-later
import { useTranslation } from "react-i18next";
import { hasDisk, type Terminal } from "../../api/terminals";
import { Facts } from "../../components/facts";
import { Mono } from "../../components/mono";
import { When } from "../../components/when";
import { mac } from "../../format/mac";
import { Disk, diskVersion, State } from "./standing";

/** What is known of a terminal. */
export function TerminalFacts({ terminal }: { terminal: Terminal }) {
  const { t } = useTranslation();
  const ofDisk = [
    { label: t("terminals.disk"), value: <Disk row={terminal} /> },
    { label: t("terminals.version"), value: diskVersion(terminal) ?? t("common.none") },
    { label: t("terminals.state"), value: <State row={terminal} /> },
    { label: t("terminals.mode"), value: t(`terminals.modes.${terminal.mode ?? "unknown"}`) },
    { label: t("terminals.address"), value: terminal.address ?? t("common.none") },
    {
      label: t("terminals.seen"),
      value: terminal.last_seen_at ? <When at={terminal.last_seen_at} /> : t("common.never"),
    },
  ];
  const ofAll = [
    { label: "MAC", value: <Mono text={mac(terminal.mac)} length={17} /> },
    { label: "ID", value: <Mono text={terminal.id} /> },
    { label: t("terminals.enrolled"), value: <When at={terminal.enrolled_at} /> },
  ];
  return <Facts facts={hasDisk(terminal) ? [...ofDisk, ...ofAll] : ofAll} />;
}
