// SPDX-License-Identifier: GPL-3.0-or-later
import { Form, Input, Radio, Space } from "antd";
import { useTranslation } from "react-i18next";
import { createUser } from "../../api/accounts";
import type { Wire } from "../../api/client";
import { useAction } from "../../api/use-action";
import cell from "../../components/cell.module.css";
import { Secret } from "../../components/secret";
import { SecretDialog } from "../../components/secret-dialog";

type Fields = Wire<"NewUser">;

const ROLES = ["viewer", "operator", "administrator"] as const;

/** Makes a user, then shows the one-time password, this once. */
export function UserDialog({ isOpen, close }: { isOpen: boolean; close: () => void }) {
  const { t } = useTranslation();
  const [form] = Form.useForm<Fields>();
  const action = useAction(createUser, { quiet: true, refresh: ["users"] });
  return (
    <SecretDialog
      isOpen={isOpen}
      title={t("settings.userCreate")}
      okText={t("settings.userCreate")}
      work={action}
      onOk={() => form.submit()}
      close={close}
      form={<FormFields form={form} submit={(fields) => action.mutate(fields)} />}
      madeTitle={t("settings.userMade", { name: action.variables?.name ?? "" })}
      once={t("settings.oneTimeOnce")}
      secret={({ password }) => <Secret label={t("settings.oneTime")} text={password} />}
    />
  );
}

interface FieldsProps {
  form: ReturnType<typeof Form.useForm<Fields>>[0];
  submit: (fields: Fields) => void;
}

function FormFields({ form, submit }: FieldsProps) {
  const { t } = useTranslation();
  return (
    <Form<Fields>
      form={form}
      layout="vertical"
      requiredMark={false}
      initialValues={{ role: "operator" }}
      onFinish={submit}
    >
      <Form.Item name="name" label={t("settings.userName")} rules={[{ required: true, message: t("common.required") }]}>
        <Input maxLength={64} autoCapitalize="none" spellCheck={false} autoComplete="off" />
      </Form.Item>
      <Form.Item name="role" label={t("settings.role")}>
        <Radio.Group>
          <Space orientation="vertical">
            {ROLES.map((role) => (
              <Radio key={role} value={role}>
                {t(`role.${role}`)} <span className={cell.faint}>{t(`settings.roleHint.${role}`)}</span>
              </Radio>
            ))}
          </Space>
        </Radio.Group>
      </Form.Item>
    </Form>
  );
}
