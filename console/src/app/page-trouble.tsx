// SPDX-License-Identifier: GPL-3.0-or-later
import { useRouter } from "@tanstack/react-router";
import { Alert, Button } from "antd";
import { useEffect, useRef } from "react";
import { useTranslation } from "react-i18next";
import { useConnection } from "../api/live";
import { Technical } from "../components/technical";

/**
 * A page that failed to load or to draw. After an update of the server, its old files are gone: reloading helps. While the
 * server is away that would not; the page is loaded when it is back.
 */
export function PageTrouble({ error }: { error: unknown }) {
  const { t } = useTranslation();
  const router = useRouter();
  const isConnected = useConnection();
  const wasAway = useRef(!isConnected);
  const text = error instanceof Error ? error.message : String(error);
  const isUnloaded = /dynamically imported module|module script|preload CSS/i.test(text);
  const isOutdated = isUnloaded && isConnected;
  useEffect(() => {
    if (isUnloaded && isConnected && wasAway.current) void router.invalidate();
    wasAway.current = !isConnected;
  }, [isUnloaded, isConnected, router]);
  if (isUnloaded && !isConnected) return <Alert type="warning" showIcon title={t("failure.offline")} />;
  return (
    <Alert
      type={isOutdated ? "info" : "error"}
      showIcon
      title={t(isOutdated ? "app.newVersion" : "app.broken")}
      description={<Technical text={text} />}
      action={<Button onClick={() => location.reload()}>{t("app.reload")}</Button>}
    />
  );
}
