// SPDX-License-Identifier: GPL-3.0-or-later
import { useTranslation } from "react-i18next";
import type { PrinterDetail } from "../../api/printers";
import cell from "../../components/cell.module.css";
import { Facts } from "../../components/facts";
import { Mono } from "../../components/mono";
import { VersionRuns } from "../../components/version-runs";
import { When } from "../../components/when";
import { bytes } from "../../format/bytes";
import { osName } from "../../format/os";
import { connection, duplexName, paperName, typeName } from "./values";

/** What is known of a printer driver and its package. */
export function PrinterFacts({ detail }: { detail: PrinterDetail }) {
  const { t } = useTranslation();
  const { printer } = detail;
  const isFromTerminal = printer.upload_type === 1;
  const origin = isFromTerminal ? t("printers.terminal", { name: printer.client_name ?? "" }) : t("printers.console");
  const list = (words: string[]) => words.join(t("common.listSeparator"));
  const path = (text: string) => <span className={cell.path}>{text}</span>;
  return (
    <Facts
      facts={[
        { label: t("printers.type"), value: t(`printers.types.${typeName(printer.type)}`) },
        { label: t("printers.connection"), value: path(connection(printer)) },
        { label: t("printers.paper"), value: paperName(printer.paper) },
        { label: t("printers.duplex"), value: duplexName(printer.duplex_print, t) },
        { label: t("printers.system"), value: osName(printer.environment, t) },
        { label: t("printers.users"), value: printer.client_nums },
        { label: t("printers.origin"), value: origin },
        { label: t("edit.imported"), value: <When at={printer.create_at} /> },
        { label: t("common.archive"), value: `${detail.archive_name} (${bytes(printer.size)})` },
        { label: t("printers.onDisk"), value: path(detail.path) },
        { label: t("versions.heldBy"), value: <VersionRuns numbers={detail.versions ?? []} /> },
        { label: "SHA-256", value: <Mono text={detail.archive_sha256} /> },
        { label: t("printers.architectures"), value: list(detail.architectures) },
        {
          label: t("printers.supports"),
          value: list(detail.os_types.map((os) => osName(os, t))) || t("common.none"),
          isWide: true,
        },
      ]}
    />
  );
}
