// SPDX-License-Identifier: GPL-3.0-or-later
import { LoadingOutlined } from "@ant-design/icons";
import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import { jobsQuery } from "../api/jobs";
import { statusQuery } from "../api/status";
import { StateBadge } from "../edit/state-badge";
import { AccountMenu } from "./account-menu";
import { AppearanceMenu } from "../components/appearance-menu";
import { LanguageSwitch } from "../components/language-switch";
import styles from "./top-bar.module.css";

/** State of the disk at the left, the user's own affairs at the right. */
export function TopBar() {
  return (
    <header className={styles.bar}>
      <State />
      <div className={styles.own}>
        <Running />
        <LanguageSwitch />
        <AppearanceMenu />
        <AccountMenu />
      </div>
    </header>
  );
}

function State() {
  const { t } = useTranslation();
  const { data: status } = useQuery(statusQuery);
  if (!status) return <span />;
  const version = status.version === 0 ? t("state.none") : t("state.version", { number: status.version });
  return (
    <div className={styles.state} role="status" aria-label={t("state.label")}>
      <StateBadge status={status} />
      <Link to="/versions" className={styles.version}>
        {version}
      </Link>
    </div>
  );
}

function Running() {
  const { t } = useTranslation();
  const { data } = useQuery(jobsQuery);
  const count = data?.filter((job) => job.state === "running").length ?? 0;
  if (count === 0) return null;
  return (
    <Link to="/jobs" search={{ state: "running" }} className={styles.running}>
      <LoadingOutlined aria-hidden="true" /> {t("jobs.running", { count })}
    </Link>
  );
}
