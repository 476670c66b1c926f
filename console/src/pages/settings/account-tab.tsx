// SPDX-License-Identifier: GPL-3.0-or-later
import { useQuery } from "@tanstack/react-query";
import { Alert, App } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { changePassword, sessionQuery } from "../../api/session";
import { useAction } from "../../api/use-action";
import { Panel } from "../../components/panel";
import { PasswordForm } from "../../components/password-form";
import { TokenPanel } from "./token-panel";
import styles from "./settings.module.css";

/** Password and API tokens of whoever is signed in. */
export function AccountTab() {
  const { t } = useTranslation();
  const { message } = App.useApp();
  const { data: who } = useQuery(sessionQuery);
  const [round, setRound] = useState(0);
  const action = useAction(changePassword, {
    quiet: true,
    done: () => {
      void message.success(t("settings.passwordDone"));
      setRound((value) => value + 1);
    },
  });
  return (
    <>
      <TokenPanel />
      <Panel title={t("settings.password")}>
        <p className={styles.lead}>{t("settings.passwordLead")}</p>
        {action.error && <Alert className={styles.trouble} type="error" showIcon title={action.error.message} />}
        <PasswordForm
          key={round}
          name={who?.name ?? ""}
          submit={t("settings.passwordSubmit")}
          isPending={action.isPending}
          onSubmit={(change) => action.mutate(change)}
        />
      </Panel>
    </>
  );
}
