// SPDX-License-Identifier: GPL-3.0-or-later
import { Alert, Form, Input, InputNumber, Modal } from "antd";
import { useTranslation } from "react-i18next";
import { createToken } from "../../api/accounts";
import { useAction } from "../../api/use-action";
import { Secret } from "../../components/secret";

interface Fields {
  name: string;
  days?: number | null;
}

/** Makes an API token, then shows its secret, this once. */
export function TokenDialog({ isOpen, close }: { isOpen: boolean; close: () => void }) {
  const { t } = useTranslation();
  const [form] = Form.useForm<Fields>();
  const action = useAction(createToken, { quiet: true, refresh: ["tokens"] });
  const made = action.data;
  const leave = () => {
    action.reset();
    close();
  };
  return (
    <Modal
      open={isOpen}
      title={t(made ? "settings.tokenMade" : "settings.tokenCreate")}
      okText={t(made ? "common.close" : "settings.tokenCreate")}
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
        <>
          <Alert type="warning" showIcon title={t("settings.tokenOnce")} />
          <Secret label={t("settings.tokenText")} text={made.token} />
        </>
      ) : (
        <Form<Fields>
          form={form}
          layout="vertical"
          requiredMark={false}
          onFinish={({ name, days }) => action.mutate({ name, days: days ?? null })}
        >
          <Form.Item name="name" label={t("settings.tokenName")} rules={[{ required: true, message: t("common.required") }]}>
            <Input autoFocus maxLength={100} placeholder={t("settings.tokenNamePlaceholder")} />
          </Form.Item>
          <Form.Item name="days" label={t("settings.tokenDays")} extra={t("settings.tokenDaysHint")}>
            <InputNumber min={1} max={3650} precision={0} />
          </Form.Item>
        </Form>
      )}
    </Modal>
  );
}
