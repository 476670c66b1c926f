// SPDX-License-Identifier: GPL-3.0-or-later
import { SearchOutlined } from "@ant-design/icons";
import { useQuery } from "@tanstack/react-query";
import { getRouteApi } from "@tanstack/react-router";
import { Input, Segmented, Select } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { type Terminal, terminalsQuery } from "../../api/terminals";
import { Loaded } from "../../components/loaded";
import { PageHead } from "../../components/page-head";
import { Panel } from "../../components/panel";
import { GROUPS, isIn, matches } from "./groups";
import { GroupButton } from "./group-button";
import { PushButton } from "./push-button";
import { RemoveButton } from "./remove-button";
import { TerminalTable } from "./terminal-table";
import styles from "./terminals.module.css";

const route = getRouteApi("/terminals");

/** All terminals: identical or not, what they do, and the push. */
export function TerminalsPage() {
  const { t } = useTranslation();
  const terminals = useQuery(terminalsQuery);
  const [chosen, setChosen] = useState<string[]>([]);
  const all = terminals.data ?? [];
  const { group } = route.useSearch();
  const behind = all.filter((row) => isIn(row, "behind") && (!group || row.group === group));
  const targets = chosen.length > 0 ? chosen : behind.map(({ id }) => id);
  const groups = [...new Set(all.flatMap((row) => row.group ?? []))].toSorted();
  const clear = () => setChosen([]);
  return (
    <>
      <PageHead
        title={t("terminals.title")}
        lead={t("terminals.lead")}
        actions={
          <>
            {chosen.length > 0 && <RemoveButton terminals={all.filter(({ id }) => chosen.includes(id))} done={clear} />}
            {chosen.length > 0 && <GroupButton terminals={chosen} groups={groups} done={clear} />}
            <PushButton targets={targets} isSelection={chosen.length > 0} done={clear} />
          </>
        }
      />
      <Panel flush>
        <Filters all={all} groups={groups} />
        <Loaded query={terminals}>{(rows) => <Rows rows={rows} chosen={chosen} choose={setChosen} />}</Loaded>
      </Panel>
    </>
  );
}

function Filters({ all, groups }: { all: Terminal[]; groups: string[] }) {
  const { t } = useTranslation();
  const { show, group, search = "" } = route.useSearch();
  const navigate = route.useNavigate();
  const options = [
    { value: "all", label: `${t("terminals.all")} ${all.length}` },
    ...GROUPS.map((group) => ({
      value: group as string,
      label: `${t(`terminals.${group}`)} ${all.filter((row) => isIn(row, group)).length}`,
    })),
  ];
  return (
    <div className={styles.filters}>
      <Segmented
        aria-label={t("terminals.state")}
        options={options}
        value={show ?? "all"}
        onChange={(value) =>
          void navigate({ search: (old) => ({ ...old, show: GROUPS.find((group) => group === value) }) })
        }
      />
      {groups.length > 0 && (
        <Select
          allowClear
          aria-label={t("terminals.group")}
          placeholder={t("terminals.groupAll")}
          style={{ minWidth: 160 }}
          value={group ?? null}
          options={groups.map((value) => ({ value, label: value }))}
          onChange={(value) => void navigate({ search: (old) => ({ ...old, group: value ?? undefined }) })}
        />
      )}
      <span className={styles.space} />
      <Input
        allowClear
        prefix={<SearchOutlined aria-hidden="true" />}
        aria-label={t("terminals.searchPlaceholder")}
        placeholder={t("terminals.searchPlaceholder")}
        value={search}
        style={{ width: 260 }}
        onChange={(event) =>
          void navigate({ replace: true, search: (old) => ({ ...old, search: event.target.value || undefined }) })
        }
      />
    </div>
  );
}

interface RowsProps {
  rows: Terminal[];
  chosen: string[];
  choose: (ids: string[]) => void;
}

function Rows({ rows, chosen, choose }: RowsProps) {
  const { show, group, search = "" } = route.useSearch();
  const fits = (row: Terminal) => (!show || isIn(row, show)) && (!group || row.group === group) && matches(row, search);
  const shown = rows.filter(fits);
  return <TerminalTable rows={shown} isFiltered={rows.length > 0} chosen={chosen} choose={choose} />;
}
