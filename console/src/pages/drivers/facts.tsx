// SPDX-License-Identifier: GPL-3.0-or-later
import { Descriptions } from "antd";
import { useTranslation } from "react-i18next";
import { type DriverDetail, DriverType } from "../../api/drivers";
import { Mono } from "../../components/mono";
import { When } from "../../components/when";
import { bytes } from "../../format/bytes";
import { osName } from "../../format/os";
import styles from "./drivers.module.css";

/** What is known of a driver's package. */
export function Facts({ detail }: { detail: DriverDetail }) {
  const { t } = useTranslation();
  const { driver } = detail;
  const type = driver.type === DriverType.universal ? "universal" : "extracted";
  const supported = detail.os_types.map((os) => osName(os, t)).join(t("overview.listSeparator"));
  const items = [
    { key: "type", label: t("drivers.title"), children: t(`drivers.${type}`) },
    { key: "system", label: t("drivers.system"), children: osName(driver.os_type, t) },
    { key: "templates", label: t("drivers.templates"), children: driver.tpl_num },
    { key: "at", label: t("drivers.imported"), children: <When at={driver.create_at} /> },
    { key: "archive", label: t("drivers.archive"), children: `${detail.archive_name} (${bytes(driver.size)})` },
    {
      key: "content",
      label: t("drivers.content"),
      children: t("drivers.contentValue", { count: detail.files, bytes: bytes(detail.unpacked_bytes) }),
    },
    { key: "directory", label: t("drivers.directory"), children: <span className={styles.path}>{detail.directory}</span> },
    { key: "sha256", label: "SHA-256", children: <Mono text={detail.archive_sha256} /> },
    { key: "supports", label: t("drivers.supports"), children: supported || t("common.none"), span: "filled" as const },
  ];
  return <Descriptions size="small" column={{ xs: 1, sm: 1, md: 2, xl: 4 }} items={items} layout="vertical" colon={false} />;
}
