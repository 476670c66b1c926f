// SPDX-License-Identifier: GPL-3.0-or-later
import { useQuery } from "@tanstack/react-query";
import { getRouteApi, Link } from "@tanstack/react-router";
import { Select, type TableColumnsType } from "antd";
import { useTranslation } from "react-i18next";
import type { Wire } from "../../api/client";
import { type TemplateKind, templatesQuery } from "../../api/templates";
import { planQuery } from "../../api/terminals";
import { Badge } from "../../components/badge";
import { Empty } from "../../components/empty";
import { Grid } from "../../components/grid";
import { Loaded } from "../../components/loaded";
import styles from "./terminals.module.css";

type Package = Wire<"PlanPackage">;
interface Row extends Package {
  /** Its place in the order; packages that are left out have none. */
  place: number | undefined;
}

const route = getRouteApi("/terminals/$id");
const REASONS = ["universal", "device", "hardware_unknown", "no_device"] as const;

/** Which drivers the terminal takes before it starts a desktop of a template, and why. */
export function Plan({ terminal }: { terminal: string }) {
  const { template } = route.useSearch();
  return (
    <>
      <div className={styles.filters}>
        <TemplateChoice />
      </div>
      {template === undefined ? <Begin /> : <Packages terminal={terminal} template={template} />}
    </>
  );
}

function TemplateChoice() {
  const { t } = useTranslation();
  const { template } = route.useSearch();
  const navigate = route.useNavigate();
  const personal = useQuery(templatesQuery("personal"));
  const shared = useQuery(templatesQuery("public"));
  const group = (kind: TemplateKind, rows: typeof personal.data = []) => ({
    label: t(`templates.kinds.${kind}`),
    options: rows.map(({ id, name }) => ({ value: id, label: name })),
  });
  return (
    <Select
      showSearch={{ optionFilterProp: "label" }}
      aria-label={t("terminals.planTemplate")}
      placeholder={t("terminals.planTemplate")}
      style={{ minWidth: 260 }}
      value={template ?? null}
      options={[group("personal", personal.data), group("public", shared.data)]}
      onChange={(value) => void navigate({ replace: true, search: { template: value ?? undefined } })}
    />
  );
}

function Begin() {
  const { t } = useTranslation();
  return <Empty title={t("terminals.planBegin")} hint={t("terminals.planBeginHint")} />;
}

function Packages({ terminal, template }: { terminal: string; template: number }) {
  const { t } = useTranslation();
  const plan = useQuery({ ...planQuery(terminal, template), retry: false });
  return (
    <Loaded query={plan}>
      {({ packages, left_out, unserved }) => (
        <>
          <PackageTable
            rows={[
              ...packages.map((row, at) => ({ ...row, place: at + 1 })),
              ...left_out.map((row) => ({ ...row, place: undefined })),
            ]}
          />
          {unserved.length > 0 && (
            <details className={styles.unserved}>
              <summary>{t("terminals.unserved", { count: unserved.length })}</summary>
              <ul>
                {unserved.map((device) => (
                  <li key={device}>{device}</li>
                ))}
              </ul>
            </details>
          )}
        </>
      )}
    </Loaded>
  );
}

function PackageTable({ rows }: { rows: Row[] }) {
  const { t } = useTranslation();
  const columns: TableColumnsType<Row> = [
    {
      title: t("terminals.planPlace"),
      dataIndex: "place",
      width: 90,
      render: (place: number | undefined) => place ?? <Badge tone="mute">{t("terminals.planLeftOut")}</Badge>,
    },
    {
      title: t("common.name"),
      dataIndex: "name",
      render: (name: string, row) => (
        <Link to="/drivers/$id" params={{ id: String(row.driver_id) }}>
          {name}
        </Link>
      ),
    },
    { title: t("terminals.planReason"), dataIndex: "reason", render: (reason: string) => <Reason reason={reason} /> },
    { title: t("terminals.planDevices"), dataIndex: "devices", render: (devices: Package["devices"]) => <Matches devices={devices} /> },
  ];
  return (
    <Grid
      rowKey="driver_id"
      size="small"
      minWidth={820}
      columns={columns}
      dataSource={rows}
      pagination={false}
      locale={{ emptyText: <Empty title={t("terminals.planNone")} hint={t("terminals.planNoneHint")} /> }}
    />
  );
}

function Reason({ reason }: { reason: string }) {
  const { t } = useTranslation();
  const known = REASONS.find((candidate) => candidate === reason);
  return known ? t(`terminals.planReasons.${known}`) : reason;
}

function Matches({ devices }: { devices: Package["devices"] }) {
  return (
    <ul className={styles.matches}>
      {devices.map((match) => (
        <li key={`${match.device} ${match.inf} ${match.id}`}>
          {match.device} <span className={styles.faint}>{match.inf}</span>
        </li>
      ))}
    </ul>
  );
}
