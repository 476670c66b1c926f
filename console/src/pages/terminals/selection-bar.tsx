// SPDX-License-Identifier: GPL-3.0-or-later
import { useQuery } from "@tanstack/react-query";
import { Button } from "antd";
import { useTranslation } from "react-i18next";
import { terminalCountsQuery, type TerminalFilter } from "../../api/terminals";
import { GroupButton } from "./group-button";
import { PushButton } from "./push-button";
import { RemoveButton } from "./remove-button";
import { NOTHING, type Selection, targetsOf } from "./selection";
import styles from "./terminals.module.css";

interface Props {
  filter: TerminalFilter;
  chosen: Selection;
  choose: (selection: Selection) => void;
}

/** What is chosen, what can be done with it, and the way to all that fit. */
export function SelectionBar({ filter, chosen, choose }: Props) {
  const { t } = useTranslation();
  const overview = useQuery(terminalCountsQuery(filter)).data;
  const fitting = overview?.counts[filter.show ?? "total"] ?? 0;
  const isAll = "all" in chosen;
  const rows = isAll ? [] : chosen.rows;
  const count = isAll ? fitting : rows.length;
  const targets = targetsOf(chosen);
  const clear = () => choose(NOTHING);
  return (
    <section className={styles.chosen} aria-label={t("terminals.selection")}>
      <span role="status">{t(isAll ? "terminals.chosenAll" : "terminals.chosen", { count })}</span>
      {!isAll && fitting > count && (
        <Button type="link" size="small" onClick={() => choose({ all: filter })}>
          {t("terminals.chooseAll", { count: fitting })}
        </Button>
      )}
      <Button type="link" size="small" onClick={clear}>
        {t("terminals.chooseNone")}
      </Button>
      <span className={styles.space} />
      <RemoveButton targets={targets} count={count} names={rows.map(({ name }) => name)} done={clear} />
      {filter.program == null && (
        <>
          <GroupButton targets={targets} count={count} groups={overview?.groups.map(({ name }) => name) ?? []} done={clear} />
          <PushButton targets={targets} count={count} label={t("terminals.push")} done={clear} />
        </>
      )}
    </section>
  );
}
