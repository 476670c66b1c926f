// SPDX-License-Identifier: GPL-3.0-or-later
import { useQuery } from "@tanstack/react-query";
import { getRouteApi, Link } from "@tanstack/react-router";
import { type TableColumnsType, Tag } from "antd";
import { useEffect } from "react";
import { useTranslation } from "react-i18next";
import { AUDIT_ROWS, type AuditEntry, auditQuery } from "../../api/audit";
import type { Wire } from "../../api/client";
import { useRoleReason } from "../../api/role";
import { Empty } from "../../components/empty";
import { Grid } from "../../components/grid";
import { Loaded } from "../../components/loaded";
import { PageHead } from "../../components/page-head";
import { Panel } from "../../components/panel";
import { When } from "../../components/when";
import { bytes } from "../../format/bytes";
import { terminalOf, terminalsIn } from "./subject";
import { zh } from "./text";
import styles from "./audit.module.css";

const route = getRouteApi("/audit");

/** Who changed what. */
export function AuditPage() {
  const { t } = useTranslation();
  const role = useRoleReason("administrator");
  return (
    <>
      <PageHead title={t("audit.title")} lead={t("audit.lead")} actions={<Filter />} />
      <Panel flush>{role ? <Empty title={role} hint={t("audit.lead")} /> : <Trail />}</Panel>
    </>
  );
}

function Filter() {
  const { t } = useTranslation();
  const { actor } = route.useSearch();
  const navigate = route.useNavigate();
  if (!actor) return null;
  return (
    <Tag closable onClose={() => void navigate({ search: {} })}>
      {t("audit.onlyOf", { actor })}
    </Tag>
  );
}

function Trail() {
  const { page = 1, actor } = route.useSearch();
  const entries = useQuery(auditQuery(page, actor));
  return <Loaded query={entries}>{(answer) => <Entries answer={answer} isOld={entries.isPlaceholderData} />}</Loaded>;
}

function Entries({ answer, isOld }: { answer: Wire<"AuditPage">; isOld: boolean }) {
  const { t } = useTranslation();
  const { page = 1 } = route.useSearch();
  const navigate = route.useNavigate();
  const last = Math.max(1, Math.ceil(answer.page.total / AUDIT_ROWS));
  useEffect(() => {
    if (!isOld && page > last) void navigate({ search: (old) => ({ ...old, page: last === 1 ? undefined : last }), replace: true });
  }, [isOld, page, last, navigate]);
  return (
    <Grid<AuditEntry>
      rowKey="id"
      size="small"
      loading={isOld}
      columns={useColumns()}
      dataSource={answer.entries}
      pagination={{
        current: page,
        pageSize: AUDIT_ROWS,
        total: answer.page.total,
        showSizeChanger: false,
        onChange: (next) => void navigate({ search: (old) => ({ ...old, page: next === 1 ? undefined : next }) }),
      }}
      locale={{ emptyText: <Empty title={t("audit.empty")} hint={t("audit.emptyHint")} /> }}
    />
  );
}

function useColumns(): TableColumnsType<AuditEntry> {
  const { t } = useTranslation();
  const actionName = useActionName();
  return [
    { title: t("audit.time"), dataIndex: "created_at", width: 90, render: (at: string) => <When at={at} /> },
    {
      title: t("audit.actor"),
      dataIndex: "actor",
      width: 90,
      render: (actor: string, { address }) => (
        <>
          <Link to="/audit" search={{ actor }}>
            {actor}
          </Link>
          <div className={styles.from}>{address}</div>
        </>
      ),
    },
    { title: t("audit.action"), dataIndex: "action", width: 110, render: actionName },
    { title: t("audit.subject"), dataIndex: "subject", width: 180, render: (_, entry) => <Subject entry={entry} /> },
    { title: t("audit.address"), dataIndex: "address", width: 120, responsive: ["lg"] },
  ];
}

/** The name of an action; one that is newer than this console is shown as the server has it. */
function useActionName() {
  const { t } = useTranslation();
  return (action: string) => {
    const key = action.replaceAll(".", "_");
    return key in zh.actions ? t(`audit.actions.${key as keyof typeof zh.actions}`) : action;
  };
}

function Subject({ entry }: { entry: AuditEntry }) {
  const { t } = useTranslation();
  return (
    <div className={styles.subject}>
      <span>
        <About entry={entry} />
      </span>
      {entry.detail && (
        <details className={styles.detail}>
          <summary>{t("audit.detail")}</summary>
          <code>{entry.detail}</code>
        </details>
      )}
    </div>
  );
}

/** Actions whose subject is a running number of the server, which tells nobody anything. */
const NUMBERED = ["disk.save", "disk.restore", "disk.verify"];

/** What an action was done to, as people call it. */
function About({ entry }: { entry: AuditEntry }) {
  const { action, subject } = entry;
  const { t } = useTranslation();
  if (NUMBERED.includes(action)) return null;
  if (action === "disk.rollback") {
    return (
      <Link to="/versions/$number" params={{ number: subject }}>
        {t("versions.number", { number: subject })}
      </Link>
    );
  }
  if (action === "disk.grow") return <>{bytes(Number(subject))}</>;
  const terminals = terminalsIn(subject);
  if (terminals !== undefined) return <>{t("versions.terminals", { count: terminals })}</>;
  const { id, name } = terminalOf(entry);
  if (id === undefined || action === "terminal.remove") return <>{name}</>;
  return (
    <Link to="/terminals/$id" params={{ id }}>
      {name}
    </Link>
  );
}
