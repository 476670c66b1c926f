// SPDX-License-Identifier: GPL-3.0-or-later
import { Alert, Button } from "antd";
import { useTranslation } from "react-i18next";
import { Technical } from "../components/technical";

/** A page that failed to load or to draw. After an update of the server, its old files are gone: reloading helps. */
export function PageTrouble({ error }: { error: unknown }) {
  const { t } = useTranslation();
  const text = error instanceof Error ? error.message : String(error);
  const isOutdated = /dynamically imported module|module script/i.test(text);
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
