// SPDX-License-Identifier: GPL-3.0-or-later
import { useQueryClient } from "@tanstack/react-query";
import { Alert } from "antd";
import { useTranslation } from "react-i18next";
import { Failure } from "../../api/failure";
import { changePassword, sessionQuery, type Who } from "../../api/session";
import { useAction } from "../../api/use-action";
import { PasswordForm } from "../../components/password-form";
import { Gate } from "./gate";
import styles from "./gate.module.css";

/** Whether it was the present password, which somebody may have reset since. */
const isWrong = (error: Error) => error instanceof Failure && error.notice === "account.wrong_present_password";

interface Props {
  who: Who;
  /** The one-time password, as long as this page remembers it; after a reload it is asked for again. */
  oneTime: string | undefined;
  /** It is not to be remembered any longer. */
  forget: () => void;
}

/** Exchanges the one-time password for the user's own. */
export function PasswordPage({ who, oneTime, forget }: Props) {
  const { t } = useTranslation();
  const queries = useQueryClient();
  const action = useAction(changePassword, {
    quiet: true,
    done: () => {
      forget();
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
        present={oneTime}
        onSubmit={(change) => action.mutate(change, { onError: (error) => isWrong(error) && forget() })}
      />
    </Gate>
  );
}
