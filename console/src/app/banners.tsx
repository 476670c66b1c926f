// SPDX-License-Identifier: GPL-3.0-or-later
import { Alert } from "antd";
import { useEffect, useState } from "react";
import { useTranslation } from "react-i18next";
import { useConnection } from "../api/live";
import { DiskBanner } from "../edit/disk-banner";
import { HeldBanner } from "../edit/held-banner";

/** A connection that comes back at once is no news. */
const PATIENCE_MS = 3000;

/** What concerns every page. */
export function Banners() {
  const { t } = useTranslation();
  const stands = useConnection();
  const [isLost, setLost] = useState(false);
  useEffect(() => {
    const timer = setTimeout(() => setLost(!stands), stands ? 0 : PATIENCE_MS);
    return () => clearTimeout(timer);
  }, [stands]);
  return (
    <div aria-live="polite">
      <DiskBanner />
      <HeldBanner />
      {isLost && <Alert banner type="warning" title={t("app.lost")} style={{ marginBottom: 16, borderRadius: 6 }} />}
    </div>
  );
}
