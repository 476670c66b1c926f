// SPDX-License-Identifier: GPL-3.0-or-later
import { useQuery } from "@tanstack/react-query";
import { useEffect, useState } from "react";
import { useTranslation } from "react-i18next";
import { terminalCountsQuery, terminalPageQuery } from "../../api/terminals";
import { Loaded } from "../../components/loaded";
import { PageHead } from "../../components/page-head";
import { Panel } from "../../components/panel";
import { useAsked, useGoTo } from "./address";
import { Filters } from "./filters";
import { PushButton } from "./push-button";
import { isNothing, NOTHING, type Selection, under } from "./selection";
import { SelectionBar } from "./selection-bar";
import { TerminalTable } from "./terminal-table";

/** All terminals: identical or not, what they do, and the push. */
export function TerminalsPage() {
  const { t } = useTranslation();
  const { filter } = useAsked();
  const [kept, choose] = useState<Selection>(NOTHING);
  const chosen = under(kept, filter);
  const hasChosen = !isNothing(chosen);
  return (
    <>
      <PageHead title={t("terminals.title")} lead={t("terminals.lead")} actions={hasChosen || filter.program != null ? null : <PushBehind />} />
      <Panel flush>
        <Filters />
        {hasChosen && <SelectionBar filter={filter} chosen={chosen} choose={choose} />}
        <Rows chosen={chosen} choose={choose} />
      </Panel>
    </>
  );
}

/** Pushes to all of those looked at that are not identical, whichever of their states is. */
function PushBehind() {
  const { t } = useTranslation();
  const { filter } = useAsked();
  const count = useQuery(terminalCountsQuery(filter)).data?.counts.behind ?? 0;
  const label = count === 0 ? t("terminals.push") : t("terminals.pushBehind", { count });
  return <PushButton targets={{ where: { ...filter, show: "behind" } }} count={count} label={label} />;
}

interface RowsProps {
  chosen: Selection;
  choose: (selection: Selection) => void;
}

function Rows(selection: RowsProps) {
  const asked = useAsked();
  const list = useQuery(terminalPageQuery(asked));
  useLastPage(list.isPlaceholderData ? undefined : list.data?.total);
  return (
    <Loaded query={list}>
      {({ terminals, total, is_total_exact }) => (
        <TerminalTable rows={terminals} total={total} isTotalExact={is_total_exact} isOld={list.isPlaceholderData} {...selection} />
      )}
    </Loaded>
  );
}

/** When rows go, the page that is shown may be one no longer. */
function useLastPage(total: number | undefined): void {
  const { page, perPage } = useAsked();
  const goTo = useGoTo();
  const last = total === undefined ? page : Math.max(1, Math.ceil(total / perPage));
  useEffect(() => {
    if (page > last) goTo.page(last, perPage, true);
  }, [page, last, perPage, goTo]);
}
