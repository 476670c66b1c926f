// SPDX-License-Identifier: GPL-3.0-or-later
import { useQueryClient } from "@tanstack/react-query";
import { Alert, Button, Form, Input } from "antd";
import { useTranslation } from "react-i18next";
import { sessionQuery, signIn } from "../../api/session";
import { useAction } from "../../api/use-action";
import { Gate } from "./gate";
import styles from "./gate.module.css";

interface Fields {
  name: string;
  password: string;
}

interface Props {
  /** Somebody has signed in with a one-time password, which {@link PasswordPage} exchanges. */
  onOneTime: (password: string) => void;
}

/** Name and password. */
export function SignInPage({ onOneTime }: Props) {
  const { t } = useTranslation();
  const queries = useQueryClient();
  const action = useAction(signIn, {
    quiet: true,
    done: (who, { password }) => {
      if (who.must_change_password) onOneTime(password);
      queries.setQueryData(sessionQuery.queryKey, who);
    },
  });
  const required = [{ required: true, message: t("common.required") }];
  return (
    <Gate title={t("signIn.title")}>
      <div aria-live="polite">
        {action.error && <Alert className={styles.trouble} type="error" showIcon title={action.error.message} />}
      </div>
      <Form<Fields> layout="vertical" requiredMark={false} onFinish={(fields) => action.mutate(fields)}>
        <Form.Item name="name" label={t("signIn.name")} rules={required}>
          <Input autoComplete="username" autoFocus autoCapitalize="none" spellCheck={false} />
        </Form.Item>
        <Form.Item name="password" label={t("signIn.password")} rules={required}>
          <Input.Password autoComplete="current-password" />
        </Form.Item>
        <Form.Item>
          <Button type="primary" htmlType="submit" block loading={action.isPending}>
            {t("signIn.submit")}
          </Button>
        </Form.Item>
      </Form>
      <details className={styles.first}>
        <summary>{t("signIn.first")}</summary>
        <p>{t("signIn.firstHint")}</p>
      </details>
    </Gate>
  );
}
