// SPDX-License-Identifier: GPL-3.0-or-later
import { Link } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import { Empty } from "../components/empty";

/** An address that leads nowhere. */
export function Lost() {
  const { t } = useTranslation();
  return (
    <Empty title={t("app.notFound")} hint={t("app.notFoundHint")} action={<Link to="/">{t("app.goHome")}</Link>} />
  );
}
