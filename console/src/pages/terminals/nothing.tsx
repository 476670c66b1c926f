// SPDX-License-Identifier: GPL-3.0-or-later
import { Link } from "@tanstack/react-router";
import { Button } from "antd";
import { useTranslation } from "react-i18next";
import type { TerminalFilter } from "../../api/terminals";
import { Empty } from "../../components/empty";
import { isNarrowed, useGoTo } from "./address";

/** In place of rows: how to begin, or that the filter leaves none. */
export function Nothing({ filter }: { filter: TerminalFilter }) {
  const { t } = useTranslation();
  const goTo = useGoTo();
  if (isNarrowed(filter)) {
    const all = <Button onClick={goTo.everything}>{t("terminals.noMatchAction")}</Button>;
    return <Empty title={t("terminals.noMatch")} hint={t("terminals.noMatchHint")} action={all} />;
  }
  const begin = <Link to="/terminals/enrolment">{t("terminals.emptyAction")}</Link>;
  return <Empty title={t("terminals.empty")} hint={t("terminals.emptyHint")} action={begin} />;
}
