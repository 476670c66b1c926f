// SPDX-License-Identifier: GPL-3.0-or-later
import { useQueryClient } from "@tanstack/react-query";
import { Outlet } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import { useLive } from "../api/live";
import { UploadPanel } from "../uploads/upload-panel";
import { Banners } from "./banners";
import { Navigation } from "./navigation";
import styles from "./shell.module.css";
import { TopBar } from "./top-bar";

/** What surrounds each page. */
export function Shell() {
  const { t } = useTranslation();
  useLive(useQueryClient());
  return (
    <div className={styles.shell}>
      <a className="skip" href="#content">
        {t("app.skip")}
      </a>
      <Navigation />
      <div className={styles.column}>
        <TopBar />
        <main id="content" tabIndex={-1} className={styles.content}>
          <Banners />
          <Outlet />
        </main>
      </div>
      <UploadPanel />
    </div>
  );
}
