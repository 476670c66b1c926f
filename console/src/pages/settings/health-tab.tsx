// SPDX-License-Identifier: GPL-3.0-or-later
import { CheckCircleFilled, CloseCircleFilled, ReloadOutlined } from "@ant-design/icons";
import { useQuery } from "@tanstack/react-query";
import { Button, Typography } from "antd";
import { useTranslation } from "react-i18next";
import { doctorQuery, type Finding } from "../../api/doctor";
import { statusQuery } from "../../api/status";
import { Badge } from "../../components/badge";
import { Facts } from "../../components/facts";
import { Loaded } from "../../components/loaded";
import { Mono } from "../../components/mono";
import { Panel } from "../../components/panel";
import { bytes } from "../../format/bytes";
import { GrowPanel } from "./grow-panel";
import { VerifyPanel } from "./verify-panel";
import styles from "./settings.module.css";

/** What the server needs from its machine, and what mends it. */
export function HealthTab() {
  const { t } = useTranslation();
  const findings = useQuery(doctorQuery);
  const again = (
    <Button icon={<ReloadOutlined aria-hidden="true" />} loading={findings.isFetching} onClick={() => void findings.refetch()}>
      {t("settings.healthAgain")}
    </Button>
  );
  return (
    <>
      <Panel title={t("settings.health")} extra={again}>
        <p className={styles.lead}>{t("settings.healthLead")}</p>
        <Loaded query={findings}>{(rows) => <Findings rows={rows} />}</Loaded>
      </Panel>
      <VerifyPanel />
      <GrowPanel />
      <Panel>
        <About />
      </Panel>
    </>
  );
}

function Findings({ rows }: { rows: Finding[] }) {
  const { t } = useTranslation();
  const bad = rows.filter(({ ok }) => !ok).length;
  return (
    <>
      {bad === 0 ? (
        <Badge tone="good">{t("settings.healthGood")}</Badge>
      ) : (
        <Badge tone="bad">{t("settings.healthBad", { count: bad })}</Badge>
      )}
      <ul className={styles.findings}>
        {rows.map((row) => (
          <li key={row.name}>
            {row.ok ? (
              <CheckCircleFilled className={styles.good} role="img" aria-label={t("settings.healthGood")} />
            ) : (
              <CloseCircleFilled className={styles.bad} role="img" aria-label={t("settings.healthBad", { count: 1 })} />
            )}
            <div className={styles.finding}>
              <strong>{row.name}</strong>
              <span className={styles.faint}>{row.found}</span>
              {row.remedy && (
                <div className={styles.remedy}>
                  {t("settings.healthRemedy")}{" "}
                  <Typography.Text code copyable>
                    {row.remedy}
                  </Typography.Text>
                </div>
              )}
            </div>
          </li>
        ))}
      </ul>
    </>
  );
}

function About() {
  const { t } = useTranslation();
  const status = useQuery(statusQuery);
  return (
    <Loaded query={status}>
      {(now) => (
        <Facts
          facts={[
            { label: t("settings.program"), value: now.program },
            { label: t("settings.virtual"), value: bytes(now.virtual_bytes) },
            { label: t("settings.free"), value: bytes(now.free_bytes) },
            { label: t("settings.center"), value: <Mono text={now.center} length={36} /> },
          ]}
        />
      )}
    </Loaded>
  );
}
