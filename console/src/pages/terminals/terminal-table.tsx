// SPDX-License-Identifier: GPL-3.0-or-later
import { Link } from "@tanstack/react-router";
import { Progress, type TableColumnsType } from "antd";
import { useTranslation } from "react-i18next";
import type { Terminal } from "../../api/terminals";
import { Badge, type Tone } from "../../components/badge";
import { Empty } from "../../components/empty";
import { Grid } from "../../components/grid";
import { When } from "../../components/when";
import { bytes, percent } from "../../format/bytes";
import { mac } from "../../format/mac";
import { PushButton } from "./push-button";
import styles from "./terminals.module.css";

const TONES: Record<Terminal["state"], Tone> = {
  unknown: "mute",
  idle: "mute",
  downloading: "busy",
  applying: "busy",
  waiting: "warn",
  error: "bad",
};

interface Props {
  rows: Terminal[];
  isFiltered: boolean;
  chosen: string[];
  choose: (ids: string[]) => void;
}

/** Terminals, a row each. */
export function TerminalTable({ rows, isFiltered, chosen, choose }: Props) {
  const { t } = useTranslation();
  const pagination = { defaultPageSize: 50, showSizeChanger: true, pageSizeOptions: [50, 100, 500] };
  return (
    <Grid<Terminal>
      rowKey="id"
      size="small"
      columns={useColumns()}
      dataSource={rows}
      minWidth={920}
      pagination={{ ...pagination, hideOnSinglePage: true, showTotal: (count) => t("common.total", { count }) }}
      rowSelection={{
        selectedRowKeys: chosen,
        preserveSelectedRowKeys: true,
        onChange: (keys) => choose(keys.map(String)),
        getCheckboxProps: (row) => ({ "aria-label": row.name }) as object,
      }}
      locale={{ emptyText: <Nothing isFiltered={isFiltered} /> }}
    />
  );
}

function useColumns(): TableColumnsType<Terminal> {
  const { t } = useTranslation();
  return [
    {
      title: t("terminals.terminal"),
      dataIndex: "name",
      sorter: (a, b) => a.name.localeCompare(b.name, "zh-CN", { numeric: true }),
      render: (name: string, row) => (
        <span title={row.id}>
          <Link to="/terminals/$id" params={{ id: row.id }} className={styles.name}>
            {name}
          </Link>{" "}
          <span className={styles.faint}>{row.group}</span>
        </span>
      ),
    },
    {
      title: "MAC",
      dataIndex: "mac",
      width: 160,
      // It gives way to the state first; the search finds it all the same.
      responsive: ["lg"],
      render: (text: string) => <span className={styles.mac}>{mac(text)}</span>,
    },
    { title: t("terminals.disk"), key: "disk", width: 116, render: (_, row) => <Disk row={row} /> },
    {
      title: t("terminals.version"),
      dataIndex: "version",
      width: 84,
      align: "right",
      sorter: (a, b) => (a.version ?? 0) - (b.version ?? 0),
      render: (version: number | null) => version ?? "–",
    },
    { title: t("terminals.state"), key: "state", width: 260, render: (_, row) => <State row={row} /> },
    {
      title: t("terminals.seen"),
      dataIndex: "last_seen_at",
      width: 124,
      sorter: (a, b) => (a.last_seen_at ?? "").localeCompare(b.last_seen_at ?? ""),
      render: (at: string | null) => (at ? <When at={at} /> : t("common.never")),
    },
    {
      title: t("common.actions"),
      key: "actions",
      width: 90,
      render: (_, row) => (row.identical ? null : <PushButton targets={[row.id]} name={row.name} />),
    },
  ];
}

export function Disk({ row }: { row: Terminal }) {
  const { t } = useTranslation();
  if (row.identical) return <Badge tone="good">{t("terminals.isIdentical")}</Badge>;
  if (!row.version) return <Badge tone="mute">{t("terminals.noDisk")}</Badge>;
  return <Badge tone="warn">{t("terminals.isBehind")}</Badge>;
}

export function State({ row }: { row: Terminal }) {
  const { t } = useTranslation();
  const isMoving = row.state === "downloading" || row.state === "applying";
  return (
    <div>
      <span className={styles.state} title={row.state === "waiting" ? t("terminals.waitingHint") : undefined}>
        <Badge tone={TONES[row.state]}>{t(`terminals.states.${row.state}`)}</Badge>
        {isMoving && row.total > 0 && (
          <span className={styles.faint}>
            {t("terminals.progress", { done: bytes(row.done), total: bytes(row.total) })}
          </span>
        )}
      </span>
      {isMoving && row.total > 0 && (
        <div className={styles.moving}>
          <Progress
            percent={percent(row.done, row.total)}
            size="small"
            status="active"
            showInfo={false}
            aria-label={`${t(`terminals.states.${row.state}`)}: ${row.name}`}
          />
        </div>
      )}
      {row.message && <div className={styles.trouble}>{row.message}</div>}
    </div>
  );
}

function Nothing({ isFiltered }: { isFiltered: boolean }) {
  const { t } = useTranslation();
  if (isFiltered) return <Empty title={t("terminals.noMatch")} hint={t("terminals.noMatchHint")} />;
  const action = <Link to="/terminals/enrolment">{t("terminals.emptyAction")}</Link>;
  return <Empty title={t("terminals.empty")} hint={t("terminals.emptyHint")} action={action} />;
}
