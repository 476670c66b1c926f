// SPDX-License-Identifier: GPL-3.0-or-later
import {
  AuditOutlined,
  BlockOutlined,
  ClusterOutlined,
  DashboardOutlined,
  DesktopOutlined,
  HddOutlined,
  HistoryOutlined,
  PrinterOutlined,
  SettingOutlined,
  UnorderedListOutlined,
  WindowsOutlined,
} from "@ant-design/icons";
import { Link, type LinkProps, useLocation } from "@tanstack/react-router";
import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { useAllowed } from "../api/role";
import styles from "./navigation.module.css";

/** The main menu. On narrow screens it shows icons only. */
export function Navigation() {
  const { t } = useTranslation();
  const seesAudit = useAllowed("administrator");
  const path = useLocation({ select: ({ pathname }) => pathname });
  const isTerminal = path.startsWith("/terminals/") && path !== "/terminals/enrolment";
  return (
    <nav className={styles.nav} aria-label={t("app.menu")}>
      <Link to="/" className={styles.brand}>
        <img src="/favicon.svg" alt="" width={26} height={26} />
        <span className={styles.label}>{t("app.name")}</span>
      </Link>
      <Item to="/" icon={<DashboardOutlined aria-hidden="true" />} label={t("nav.overview")} exact />
      <Group label={t("nav.groupDisk")}>
        <Item to="/drivers" icon={<HddOutlined aria-hidden="true" />} label={t("nav.drivers")} />
        <Item to="/printers" icon={<PrinterOutlined aria-hidden="true" />} label={t("nav.printers")} />
        <Item to="/versions" icon={<HistoryOutlined aria-hidden="true" />} label={t("nav.versions")} />
      </Group>
      <Group label={t("nav.groupSite")}>
        <Item to="/templates" icon={<BlockOutlined aria-hidden="true" />} label={t("nav.templates")} />
        <Item to="/desktops" icon={<WindowsOutlined aria-hidden="true" />} label={t("nav.desktops")} />
        <Item to="/terminals" icon={<DesktopOutlined aria-hidden="true" />} label={t("nav.terminals")} exact isCurrent={isTerminal} />
        <Item to="/terminals/enrolment" icon={<ClusterOutlined aria-hidden="true" />} label={t("terminals.enrolment.nav")} />
      </Group>
      <Group label={t("nav.groupSystem")}>
        <Item to="/jobs" icon={<UnorderedListOutlined aria-hidden="true" />} label={t("nav.jobs")} />
        {seesAudit && <Item to="/audit" icon={<AuditOutlined aria-hidden="true" />} label={t("nav.audit")} />}
        <Item to="/settings" icon={<SettingOutlined aria-hidden="true" />} label={t("nav.settings")} />
      </Group>
    </nav>
  );
}

function Group({ label, children }: { label: string; children: ReactNode }) {
  return (
    <div className={styles.group} role="group" aria-label={label}>
      <div className={styles.groupLabel} aria-hidden="true">
        {label}
      </div>
      {children}
    </div>
  );
}

interface ItemProps {
  to: LinkProps["to"];
  icon: ReactNode;
  label: string;
  exact?: boolean;
  /** Also where the address does not say so. */
  isCurrent?: boolean;
}

function Item({ to, icon, label, exact, isCurrent }: ItemProps) {
  return (
    <Link
      to={to}
      className={styles.item}
      {...(isCurrent && { "aria-current": "page" as const })}
      activeProps={{ "aria-current": "page" }}
      activeOptions={{ exact: exact ?? false, includeSearch: false }}
      title={label}
    >
      <span className={styles.icon} aria-hidden="true">
        {icon}
      </span>
      <span className={styles.label}>{label}</span>
    </Link>
  );
}
