// SPDX-License-Identifier: GPL-3.0-or-later
import { useQuery } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { distributionQuery, type DistributionState } from "../../api/distribution";
import { Badge } from "../../components/badge";
import { Loaded } from "../../components/loaded";
import { Panel } from "../../components/panel";
import { UpdatesForm } from "./updates-form";
import styles from "./settings.module.css";

/** When terminals update by themselves, and how fast. */
export function UpdatesTab() {
  const { t } = useTranslation();
  const state = useQuery(distributionQuery);
  return (
    <Panel title={t("settings.updates")}>
      <p className={styles.lead}>{t("settings.updatesLead")}</p>
      <Loaded query={state}>
        {(now) => (
          <>
            <Now state={now} />
            <UpdatesForm key={JSON.stringify(now.rules)} state={now} />
          </>
        )}
      </Loaded>
    </Panel>
  );
}

function Now({ state }: { state: DistributionState }) {
  const { t } = useTranslation();
  const minutes = Math.ceil((state.changes_in_seconds ?? 0) / 60);
  const time = t("settings.updatesTime", { hours: Math.floor(minutes / 60), minutes: minutes % 60 });
  const text = t(state.is_open ? "settings.updatesOpen" : "settings.updatesClosed");
  const until = t(state.is_open ? "settings.updatesCloses" : "settings.updatesOpens", { time });
  return (
    <p>
      <Badge tone={state.is_open ? "good" : "mute"}>{text}</Badge>{" "}
      {state.changes_in_seconds != null && <span className={styles.faint}>{until}</span>}
    </p>
  );
}
