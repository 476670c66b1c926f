// SPDX-License-Identifier: GPL-3.0-or-later
import { StopOutlined } from "@ant-design/icons";
import { Link } from "@tanstack/react-router";
import { App, Progress, type TableColumnsType } from "antd";
import { useTranslation } from "react-i18next";
import { cancelJob, type Job } from "../../api/jobs";
import { useRoleReason } from "../../api/role";
import { useAction } from "../../api/use-action";
import { ActionButton } from "../../components/action-button";
import { Badge, type Tone } from "../../components/badge";
import { Empty } from "../../components/empty";
import { Grid } from "../../components/grid";
import { Technical } from "../../components/technical";
import { When } from "../../components/when";
import { bytes, percent } from "../../format/bytes";
import styles from "./jobs.module.css";

const TONES: Record<string, Tone> = { running: "busy", succeeded: "good", failed: "bad", cancelled: "mute" };
const KINDS = ["import", "import_printer", "hash", "verify", "restore_plan"] as const;
const STATES = ["running", "succeeded", "failed", "cancelled"] as const;

/** Jobs, newest first. */
export function JobTable({ rows, isFiltered }: { rows: Job[]; isFiltered: boolean }) {
  const { t } = useTranslation();
  const columns: TableColumnsType<Job> = [
    { title: t("common.state"), dataIndex: "state", width: 90, render: (_, job) => <State job={job} /> },
    { title: t("jobs.subject"), dataIndex: "subject", width: 240, render: (_, job) => <Subject job={job} /> },
    { title: t("jobs.progress"), key: "progress", width: 110, render: (_, job) => <Done job={job} /> },
    { title: t("common.by"), dataIndex: "created_by", width: 90, responsive: ["lg"] },
    { title: t("jobs.started"), dataIndex: "created_at", width: 110, render: (at: string) => <When at={at} /> },
    { title: t("jobs.took"), key: "took", width: 80, responsive: ["lg"], align: "right", render: (_, job) => <Took job={job} /> },
    { title: t("common.actions"), key: "actions", width: 60, render: (_, job) => <Cancel job={job} /> },
  ];
  return (
    <Grid<Job>
      rowKey="id"
      columns={columns}
      dataSource={rows}
      pagination={{ defaultPageSize: 50 }}
      locale={{
        emptyText: isFiltered ? (
          <Empty title={t("jobs.emptyFiltered")} hint={t("jobs.emptyFilteredHint")} />
        ) : (
          <Empty title={t("jobs.empty")} hint={t("jobs.emptyHint")} />
        ),
      }}
    />
  );
}

function State({ job }: { job: Job }) {
  const { t } = useTranslation();
  const known = STATES.find((state) => state === job.state);
  return <Badge tone={TONES[job.state] ?? "mute"}>{known ? t(`jobs.state.${known}`) : job.state}</Badge>;
}

function Subject({ job }: { job: Job }) {
  const { t } = useTranslation();
  const known = KINDS.find((kind) => kind === job.kind);
  const id = job.state === "succeeded" ? job.driver_id : undefined;
  const subject =
    id == null ? (
      job.subject
    ) : (
      <Link to={job.kind === "import_printer" ? "/printers/$id" : "/drivers/$id"} params={{ id: String(id) }}>
        {job.subject}
      </Link>
    );
  return (
    <div>
      <div className={styles.subject}>
        <span className={styles.kind}>{known ? t(`jobs.kind.${known}`) : job.kind}</span> {subject}
      </div>
      {job.message && job.state === "failed" && <div className={styles.trouble}>{job.message}</div>}
      {job.detail && job.state === "failed" && <Technical text={job.detail} />}
    </div>
  );
}

function Done({ job }: { job: Job }) {
  const { t } = useTranslation();
  if (job.state !== "running") return <span className={styles.faint}>{job.total > 0 ? bytes(job.total) : ""}</span>;
  return (
    <>
      <Progress
        percent={percent(job.done, job.total)}
        size="small"
        status="active"
        showInfo={false}
        aria-label={`${t("jobs.progress")}: ${job.subject}`}
      />
      <span className={styles.faint}>
        {bytes(job.done)}
        {job.total > 0 && ` / ${bytes(job.total)}`}
      </span>
    </>
  );
}

function Took({ job }: { job: Job }) {
  const { t } = useTranslation();
  if (!job.finished_at) return null;
  const seconds = (Date.parse(job.finished_at) - Date.parse(job.created_at)) / 1000;
  return <>{t("jobs.s", { count: Math.max(0, Math.round(seconds)) })}</>;
}

function Cancel({ job }: { job: Job }) {
  const { t } = useTranslation();
  const { message, modal } = App.useApp();
  const reason = useRoleReason("operator");
  const action = useAction(cancelJob, {
    refresh: ["jobs"],
    done: () => void message.info(t("jobs.cancelled")),
  });
  if (job.state !== "running") return null;
  const ask = () =>
    modal.confirm({
      title: t("jobs.cancelTitle", { subject: job.subject }),
      content: t("jobs.cancelText"),
      okText: t("jobs.cancel"),
      cancelText: t("jobs.cancelNot"),
      okButtonProps: { danger: true },
      onOk: () => action.mutateAsync(job.id).catch(() => undefined),
    });
  return (
    <ActionButton
      type="text"
      danger
      icon={<StopOutlined aria-hidden="true" />}
      hint={`${t("jobs.cancel")}: ${job.subject}`}
      reason={reason}
      onClick={() => void ask()}
    />
  );
}
