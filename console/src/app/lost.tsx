// SPDX-License-Identifier: GPL-3.0-or-later
import { useTranslation } from "react-i18next";
import { BackLink } from "../components/back-link";
import { PageHead } from "../components/page-head";

/** An address that leads nowhere. */
export function Lost() {
  const { t } = useTranslation();
  const home = <BackLink to="/">{t("app.goHome")}</BackLink>;
  return <PageHead title={t("app.notFound")} lead={t("app.notFoundHint")} above={home} />;
}
