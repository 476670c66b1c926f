// SPDX-License-Identifier: GPL-3.0-or-later
import { Button, Form, Input } from "antd";
import { useTranslation } from "react-i18next";

interface Props {
  /** Who it is for; browsers that keep passwords want to know. */
  name: string;
  submit: string;
  isPending: boolean;
  onSubmit: (change: { current: string; new: string }) => void;
  /** The present password, where somebody has just signed in with it: it is not asked for again. */
  present?: string | undefined;
  /** Whether it is all that the page is for. */
  isAlone?: boolean;
}

interface Fields {
  current: string;
  fresh: string;
  again: string;
}

/** The present password, unless it is known, and a new one, twice. Whether it is good enough is the server's to say. */
export function PasswordForm({ name, submit, isPending, onSubmit, present, isAlone = false }: Props) {
  const { t } = useTranslation();
  const required = { required: true, message: t("common.required") };
  const finish = ({ current, fresh }: Fields) => onSubmit({ current: present ?? current, new: fresh });
  const same = ({ getFieldValue }: { getFieldValue: (field: string) => unknown }) => ({
    validator: (_: unknown, value: string) =>
      !value || value === getFieldValue("fresh") ? Promise.resolve() : Promise.reject(new Error(t("signIn.differs"))),
  });
  return (
    <Form<Fields> layout="vertical" requiredMark={false} onFinish={finish} style={{ maxWidth: 400 }}>
      <input type="text" name="username" autoComplete="username" value={name} readOnly hidden />
      {present === undefined && (
        <Form.Item name="current" label={t("signIn.current")} rules={[required]}>
          <Input.Password autoFocus={isAlone} autoComplete="current-password" />
        </Form.Item>
      )}
      <Form.Item name="fresh" label={t("signIn.fresh")} rules={[required]} extra={t("signIn.rule")}>
        <Input.Password autoFocus={isAlone && present !== undefined} autoComplete="new-password" />
      </Form.Item>
      <Form.Item name="again" label={t("signIn.again")} dependencies={["fresh"]} rules={[required, same]}>
        <Input.Password autoComplete="new-password" />
      </Form.Item>
      <Button type="primary" htmlType="submit" block={isAlone} loading={isPending}>
        {submit}
      </Button>
    </Form>
  );
}
