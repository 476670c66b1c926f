// SPDX-License-Identifier: GPL-3.0-or-later
import { useQueryClient } from "@tanstack/react-query";
import { Alert } from "antd";
import { useTranslation } from "react-i18next";
import { changePassword, sessionQuery, type Who } from "../../api/session";
import { useAction } from "../../api/use-action";
import { PasswordForm } from "../../components/password-form";
import { Gate } from "./gate";
import styles from "./gate.module.css";

/** Exchanges the one-time password for the user's own. */
export function PasswordPage({ who }: { who: Who }) {
  const { t } = useTranslation();
  const queries = useQueryClient();
  const action = useAction(changePassword, {
    quiet: true,
    done: () => {
      const changed: Who = { ...who, must_change_password: false };
      queries.setQueryData(sessionQuery.queryKey, changed);
    },
  });
  return (
    <Gate title={t("signIn.change")}>
      <p className={styles.lead}>{t("signIn.changeLead")}</p>
      <div aria-live="polite">
        {action.error && <Alert className={styles.trouble} type="error" showIcon title={action.error.message} />}
      </div>
      <PasswordForm
        isAlone
        name={who.name}
        submit={t("signIn.submitChange")}
        isPending={action.isPending}
        onSubmit={(change) => action.mutate(change)}
      />
    </Gate>
  );
}
