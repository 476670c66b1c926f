// SPDX-License-Identifier: GPL-3.0-or-later
import { Form, Input, InputNumber } from "antd";
import { useTranslation } from "react-i18next";
import { createToken } from "../../api/accounts";
import { useAction } from "../../api/use-action";
import { Secret } from "../../components/secret";
import { SecretDialog } from "../../components/secret-dialog";

interface Fields {
  name: string;
  days?: number | null;
}

/** Makes an API token, then shows its secret, this once. */
export function TokenDialog({ isOpen, close }: { isOpen: boolean; close: () => void }) {
  const { t } = useTranslation();
  const [form] = Form.useForm<Fields>();
  const action = useAction(createToken, { quiet: true, refresh: ["tokens"] });
  const submit = ({ name, days }: Fields) => action.mutate({ name, days: days ?? null });
  const fields = (
    <Form<Fields> form={form} layout="vertical" requiredMark={false} onFinish={submit}>
      <Form.Item name="name" label={t("settings.tokenName")} rules={[{ required: true, message: t("common.required") }]}>
        <Input maxLength={64} placeholder={t("settings.tokenNamePlaceholder")} />
      </Form.Item>
      <Form.Item name="days" label={t("settings.tokenDays")} extra={t("settings.tokenDaysHint")}>
        <InputNumber min={1} max={3650} precision={0} />
      </Form.Item>
    </Form>
  );
  return (
    <SecretDialog
      isOpen={isOpen}
      title={t("settings.tokenCreate")}
      okText={t("settings.tokenCreate")}
      work={action}
      onOk={() => form.submit()}
      close={close}
      form={fields}
      madeTitle={t("settings.tokenMade")}
      once={t("settings.tokenOnce")}
      secret={({ token }) => <Secret label={t("settings.tokenText")} text={token} />}
    />
  );
}
