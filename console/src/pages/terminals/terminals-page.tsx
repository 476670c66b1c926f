// SPDX-License-Identifier: GPL-3.0-or-later
import { SearchOutlined } from "@ant-design/icons";
import { useQuery } from "@tanstack/react-query";
import { getRouteApi } from "@tanstack/react-router";
import { Input, Segmented } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { type Terminal, terminalsQuery } from "../../api/terminals";
import { Loaded } from "../../components/loaded";
import { PageHead } from "../../components/page-head";
import { Panel } from "../../components/panel";
import { GROUPS, isIn, matches } from "./groups";
import { PushButton } from "./push-button";
import { TerminalTable } from "./terminal-table";
import styles from "./terminals.module.css";

const route = getRouteApi("/terminals");

/** All terminals: identical or not, what they do, and the push. */
export function TerminalsPage() {
  const { t } = useTranslation();
  const terminals = useQuery(terminalsQuery);
  const [chosen, setChosen] = useState<string[]>([]);
  const all = terminals.data ?? [];
  const targets = chosen.length > 0 ? chosen : all.filter((row) => isIn(row, "behind")).map(({ id }) => id);
  return (
    <>
      <PageHead
        title={t("terminals.title")}
        lead={t("terminals.lead")}
        actions={<PushButton targets={targets} isSelection={chosen.length > 0} done={() => setChosen([])} />}
      />
      <Panel flush>
        <Filters all={all} />
        <Loaded query={terminals}>{(rows) => <Rows rows={rows} chosen={chosen} choose={setChosen} />}</Loaded>
      </Panel>
    </>
  );
}

function Filters({ all }: { all: Terminal[] }) {
  const { t } = useTranslation();
  const { show, search = "" } = route.useSearch();
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
  const { show, search = "" } = route.useSearch();
  const shown = rows.filter((row) => (!show || isIn(row, show)) && matches(row, search));
  return <TerminalTable rows={shown} isFiltered={rows.length > 0} chosen={chosen} choose={choose} />;
}
