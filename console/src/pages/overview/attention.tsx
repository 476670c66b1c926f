// SPDX-License-Identifier: GPL-3.0-or-later
import { CheckCircleOutlined } from "@ant-design/icons";
import { Link } from "@tanstack/react-router";
import { Alert } from "antd";
import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { MountStatus, type Status } from "../../api/status";
import type { TerminalCounts } from "../../api/terminals";
import { bytes } from "../../format/bytes";
import styles from "./overview.module.css";

/** Below this much free space a save may not fit. */
const FREE_BYTES_MIN = 10 * 1024 ** 3;

interface Props {
  status: Status;
  terminals: TerminalCounts;
  /** Before the first steps are done, their list says what to do. */
  isNew: boolean;
}

/** What needs the administrator, most urgent first; or that nothing does. */
export function Attention({ status, terminals, isNew }: Props) {
  const { t } = useTranslation();
  const items = useItems(status, terminals);
  if (items.length === 0) {
    // What is wrong with the disk is told above every page.
    if (isNew || status.mount_status !== MountStatus.normal) return null;
    return (
      <p className={styles.good} style={{ margin: 0 }}>
        <CheckCircleOutlined aria-hidden="true" /> {t("overview.nothing")}
      </p>
    );
  }
  return (
    <section className={styles.alerts} aria-label={t("overview.attention")}>
      {items}
    </section>
  );
}

function useItems(status: Status, terminals: TerminalCounts): ReactNode[] {
  const { t } = useTranslation();
  const { error, behind } = terminals;
  const changes = status.edit?.changes.length ?? 0;
  const items: ReactNode[] = [];
  const add = (key: string, type: "error" | "warning" | "info", title: string, action?: ReactNode) =>
    items.push(<Alert key={key} type={type} showIcon title={title} action={action} />);
  if (error > 0) {
    const action = (
      <Link to="/terminals" search={{ show: "error" }}>
        {t("overview.failedAction")}
      </Link>
    );
    add("failed", "error", t("overview.failed", { count: error }), action);
  }
  if (status.free_bytes < FREE_BYTES_MIN) {
    add("space", "warning", t("overview.space", { free: bytes(status.free_bytes) }));
  }
  if (!status.is_auto_update && behind > 0 && status.version > 0) {
    const title = t("overview.behind", { count: behind, version: status.version });
    const action = (
      <Link to="/terminals" search={{ show: "behind" }}>
        {t("overview.behindAction")}
      </Link>
    );
    add("behind", "warning", title, action);
  }
  if (changes > 0 && status.mount_status === MountStatus.normal) {
    const action = <Link to="/drivers">{t("overview.pendingAction")}</Link>;
    add("pending", "info", t("overview.pending", { count: changes }), action);
  }
  return items;
}
