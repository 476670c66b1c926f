// SPDX-License-Identifier: GPL-3.0-or-later
import { useQuery } from "@tanstack/react-query";
import { getRouteApi } from "@tanstack/react-router";
import { Segmented } from "antd";
import { useTranslation } from "react-i18next";
import { type Job, jobsQuery } from "../../api/jobs";
import cell from "../../components/cell.module.css";
import { Loaded } from "../../components/loaded";
import { PageHead } from "../../components/page-head";
import { Panel } from "../../components/panel";
import { JobTable } from "./job-table";

const route = getRouteApi("/jobs");

/** What takes a while, and what came of it. */
export function JobsPage() {
  const { t } = useTranslation();
  const jobs = useQuery(jobsQuery);
  const { state } = route.useSearch();
  const navigate = route.useNavigate();
  const options = [
    { value: "all", label: t("jobs.showAll") },
    { value: "running", label: t("jobs.showRunning") },
    { value: "failed", label: t("jobs.showFailed") },
  ];
  const filter = (
    <Segmented
      aria-label={t("common.state")}
      options={options}
      value={state ?? "all"}
      onChange={(value) => void navigate({ search: { state: value === "all" ? undefined : (value as typeof state) } })}
    />
  );
  return (
    <>
      <PageHead title={t("jobs.title")} lead={t("jobs.lead")} />
      <Panel flush>
        <div className={cell.filters}>{filter}</div>
        <Loaded query={jobs}>
          {(rows: Job[]) => <JobTable rows={rows.filter((row) => !state || row.state === state)} isFiltered={!!state} />}
        </Loaded>
      </Panel>
    </>
  );
}
