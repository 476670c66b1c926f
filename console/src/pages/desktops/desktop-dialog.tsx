// SPDX-License-Identifier: GPL-3.0-or-later
import { useQuery } from "@tanstack/react-query";
import { App, Form, Input, Select } from "antd";
import { useTranslation } from "react-i18next";
import type { Wire } from "../../api/client";
import { CHARS_MAX } from "../../api/limits";
import { createDesktop, type DesktopKind, templatesQuery } from "../../api/templates";
import { useAction } from "../../api/use-action";
import { FormDialog } from "../../components/form-dialog";

type Fields = Pick<Wire<"DesktopRequest">, "name" | "image_id" | "describe">;

/** Makes a desktop or a scene of a template of the fitting kind. */
export function DesktopDialog({ isOpen, kind, close }: { isOpen: boolean; kind: DesktopKind; close: () => void }) {
  const { t } = useTranslation();
  const { message } = App.useApp();
  const [form] = Form.useForm<Fields>();
  const { data: templates = [] } = useQuery(templatesQuery(kind === "scene" ? "public" : "personal"));
  const action = useAction((fields: Fields) => createDesktop(kind, fields), {
    quiet: true,
    refresh: ["desktops"],
    done: (_, { name }) => {
      void message.success(t("desktops.created", { name }));
      close();
    },
  });
  const required = [{ required: true, message: t("common.required") }];
  return (
    <FormDialog
      isOpen={isOpen}
      title={t(`desktops.create.${kind}`)}
      okText={t("desktops.createOk")}
      work={action}
      onOk={() => form.submit()}
      close={close}
    >
      <Form<Fields> form={form} layout="vertical" requiredMark={false} preserve={false} onFinish={(fields) => action.mutate(fields)}>
        <Form.Item name="name" label={t("common.name")} rules={required}>
          <Input maxLength={CHARS_MAX.DesktopRequest.name} />
        </Form.Item>
        <Form.Item name="image_id" label={t("desktops.template")} rules={required}>
          <Select
            options={templates.map(({ id, name }) => ({ value: id, label: name }))}
            notFoundContent={t("desktops.templateNone")}
          />
        </Form.Item>
        <Form.Item name="describe" label={t("desktops.describe")}>
          <Input maxLength={CHARS_MAX.DesktopRequest.describe} />
        </Form.Item>
      </Form>
    </FormDialog>
  );
}
