// SPDX-License-Identifier: GPL-3.0-or-later
import { useTranslation } from "react-i18next";
import type { DriverDetail } from "../../api/drivers";
import cell from "../../components/cell.module.css";
import { Facts } from "../../components/facts";
import { Mono } from "../../components/mono";
import { VersionRuns } from "../../components/version-runs";
import { When } from "../../components/when";
import { bytes } from "../../format/bytes";
import { osName } from "../../format/os";
import { TemplatesOf } from "./templates-of";

/** What is known of a driver's package. */
export function DriverFacts({ detail, type }: { detail: DriverDetail; type: "universal" | "extracted" }) {
  const { t } = useTranslation();
  const { driver } = detail;
  const supported = detail.os_types.map((os) => osName(os, t)).join(t("common.listSeparator"));
  const content = t("drivers.contentValue", { count: detail.files, bytes: bytes(detail.unpacked_bytes) });
  return (
    <Facts
      facts={[
        { label: t("drivers.type"), value: t(`drivers.${type}`) },
        { label: t("drivers.system"), value: osName(driver.os_type, t) },
        { label: t("drivers.templates"), value: <TemplatesOf driver={driver} /> },
        { label: t("edit.imported"), value: <When at={driver.create_at} /> },
        { label: t("common.archive"), value: `${detail.archive_name} (${bytes(driver.size)})` },
        { label: t("drivers.content"), value: content },
        { label: t("drivers.directory"), value: <span className={cell.path}>{detail.directory}</span> },
        { label: t("versions.heldBy"), value: <VersionRuns numbers={detail.versions ?? []} /> },
        { label: "SHA-256", value: <Mono text={detail.archive_sha256} /> },
        { label: t("drivers.supports"), value: supported || t("common.none"), isWide: true },
      ]}
    />
  );
}
