// SPDX-License-Identifier: GPL-3.0-or-later
import { useQuery } from "@tanstack/react-query";
import { Skeleton } from "antd";
import { useTranslation } from "react-i18next";
import { type Driver, driversQuery } from "../../api/drivers";
import { type Status, statusQuery } from "../../api/status";
import { type TerminalCounts, terminalCountsQuery } from "../../api/terminals";
import { Loaded } from "../../components/loaded";
import { PageHead } from "../../components/page-head";
import { Attention } from "./attention";
import { FirstSteps } from "./first-steps";
import { History } from "./history";
import { RecentVersions } from "./recent-versions";
import { Sizes } from "./sizes";
import { TerminalStates } from "./terminal-states";
import { Tiles } from "./tiles";
import styles from "./overview.module.css";

/** What an administrator looks at first: does anything need me? */
export function OverviewPage() {
  const { t } = useTranslation();
  const status = useQuery(statusQuery);
  return (
    <>
      <PageHead title={t("overview.title")} />
      <Loaded query={status}>{(now) => <Known status={now} />}</Loaded>
    </>
  );
}

function Known({ status }: { status: Status }) {
  const drivers = useQuery(driversQuery);
  const terminals = useQuery(terminalCountsQuery());
  const failed = [drivers, terminals].find(({ error, data }) => error && data === undefined);
  if (failed) return <Loaded query={failed as typeof drivers}>{() => null}</Loaded>;
  if (!drivers.data || !terminals.data) return <Skeleton active paragraph={{ rows: 8 }} />;
  return <Content status={status} drivers={drivers.data} terminals={terminals.data.counts} />;
}

interface Props {
  status: Status;
  drivers: Driver[];
  terminals: TerminalCounts;
}

function Content({ status, drivers, terminals }: Props) {
  const isNew = status.version === 0 || terminals.total === 0;
  return (
    <div className={styles.page}>
      {isNew && <FirstSteps status={status} drivers={drivers.length} terminals={terminals.total} />}
      <Attention status={status} terminals={terminals} isNew={isNew} />
      <Tiles status={status} drivers={drivers} terminals={terminals} />
      {terminals.total > 0 && <History />}
      <div className={styles.columns}>
        <Sizes drivers={drivers} />
        <div className={styles.column}>
          {terminals.total > 0 && <TerminalStates terminals={terminals} />}
          <RecentVersions />
        </div>
      </div>
    </div>
  );
}
