// SPDX-License-Identifier: GPL-3.0-or-later
import { Alert, Form, Input, Modal, Radio, Space } from "antd";
import { useTranslation } from "react-i18next";
import { createUser } from "../../api/accounts";
import type { Wire } from "../../api/client";
import { useAction } from "../../api/use-action";
import { OneTime } from "./user-actions";
import styles from "./settings.module.css";

type Fields = Wire<"NewUser">;

const ROLES = ["viewer", "operator", "administrator"] as const;

/** Makes a user, then shows the one-time password, this once. */
export function UserDialog({ isOpen, close }: { isOpen: boolean; close: () => void }) {
  const { t } = useTranslation();
  const [form] = Form.useForm<Fields>();
  const action = useAction(createUser, { quiet: true, refresh: ["users"] });
  const made = action.data;
  const leave = () => {
    action.reset();
    close();
  };
  return (
    <Modal
      open={isOpen}
      title={made ? t("settings.userMade", { name: action.variables?.name ?? "" }) : t("settings.userCreate")}
      okText={t(made ? "common.close" : "settings.userCreate")}
      cancelButtonProps={{ hidden: made !== undefined }}
      confirmLoading={action.isPending}
      mask={{ closable: made === undefined }}
      keyboard={made === undefined}
      onOk={() => (made ? leave() : form.submit())}
      onCancel={leave}
      destroyOnHidden
    >
      {action.error && <Alert type="error" showIcon title={action.error.message} style={{ marginBottom: 12 }} />}
      {made ? (
        <OneTime password={made.password} />
      ) : (
        <Form<Fields>
          form={form}
          layout="vertical"
          requiredMark={false}
          initialValues={{ role: "operator" }}
          onFinish={(fields) => action.mutate(fields)}
        >
          <Form.Item name="name" label={t("settings.userName")} rules={[{ required: true, message: t("common.required") }]}>
            <Input autoFocus maxLength={64} autoCapitalize="none" spellCheck={false} autoComplete="off" />
          </Form.Item>
          <Form.Item name="role" label={t("settings.role")}>
            <Radio.Group>
              <Space orientation="vertical">
                {ROLES.map((role) => (
                  <Radio key={role} value={role}>
                    {t(`role.${role}`)} <span className={styles.faint}>{t(`settings.roleHint.${role}`)}</span>
                  </Radio>
                ))}
              </Space>
            </Radio.Group>
          </Form.Item>
        </Form>
      )}
    </Modal>
  );
}
