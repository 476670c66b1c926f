// SPDX-License-Identifier: GPL-3.0-or-later
import { Alert, Form, Input, InputNumber, Space } from "antd";
import { useTranslation } from "react-i18next";
import { createEnrolmentToken } from "../../api/terminals";
import type { Wire } from "../../api/client";
import { useAction } from "../../api/use-action";
import { Secret } from "../../components/secret";
import { SecretDialog } from "../../components/secret-dialog";

type Fields = Wire<"EnrolmentTokenRequest">;

const FIRST: Fields = { name: "", uses: 30, hours: 24 };

/** Makes a token, then shows its secret, this once, with the command that uses it. */
export function EnrolmentDialog({ isOpen, close }: { isOpen: boolean; close: () => void }) {
  const { t } = useTranslation();
  const [form] = Form.useForm<Fields>();
  const action = useAction(createEnrolmentToken, { quiet: true, refresh: ["enrolment-tokens"] });
  return (
    <SecretDialog
      isOpen={isOpen}
      title={t("terminals.enrolment.createTitle")}
      okText={t("terminals.enrolment.create")}
      work={action}
      onOk={() => form.submit()}
      close={close}
      form={<FormFields form={form} submit={(fields) => action.mutate(fields)} />}
      madeTitle={t("terminals.enrolment.made")}
      once={t("terminals.enrolment.once")}
      secret={({ token }) => <Made token={token} />}
    />
  );
}

/** Hosts that are another one on each terminal. */
const LOCAL = /^(localhost|127\..*|\[::1\])$/;

function Made({ token }: { token: string }) {
  const { t } = useTranslation();
  return (
    <>
      <Secret label={t("terminals.enrolment.token")} text={token} />
      <Secret
        label={t("terminals.enrolment.command")}
        text={`tool-disk enrol --server ${location.origin} --token ${token}`}
      />
      {LOCAL.test(location.hostname) && <Alert type="info" showIcon title={t("terminals.enrolment.commandLocal")} />}
    </>
  );
}

interface FieldsProps {
  form: ReturnType<typeof Form.useForm<Fields>>[0];
  submit: (fields: Fields) => void;
}

function FormFields({ form, submit }: FieldsProps) {
  const { t } = useTranslation();
  const required = [{ required: true, message: t("common.required") }];
  return (
    <Form<Fields> form={form} layout="vertical" requiredMark={false} initialValues={FIRST} onFinish={submit}>
      <Form.Item name="name" label={t("terminals.enrolment.name")} rules={required}>
        <Input maxLength={64} placeholder={t("terminals.enrolment.namePlaceholder")} />
      </Form.Item>
      <Space size="large">
        <Form.Item name="uses" label={t("terminals.enrolment.uses")} rules={required}>
          <InputNumber min={1} max={100_000} precision={0} />
        </Form.Item>
        <Form.Item name="hours" label={t("terminals.enrolment.hours")} rules={required}>
          <InputNumber min={1} max={8760} precision={0} suffix={t("terminals.enrolment.hoursUnit")} style={{ width: 140 }} />
        </Form.Item>
      </Space>
    </Form>
  );
}
