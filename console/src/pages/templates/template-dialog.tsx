// SPDX-License-Identifier: GPL-3.0-or-later
import { useQuery } from "@tanstack/react-query";
import { App, Form, Input, Radio, Select } from "antd";
import { useTranslation } from "react-i18next";
import { CHARS_MAX } from "../../api/limits";
import {
  createTemplate,
  storeImagesQuery,
  type Template,
  type TemplateKind,
  TemplateType,
  updateTemplate,
} from "../../api/templates";
import { useAction } from "../../api/use-action";
import { FormDialog } from "../../components/form-dialog";
import { Trouble } from "../../components/trouble";
import { bytes } from "../../format/bytes";
import { OS_TYPES, osName } from "../../format/os";

interface Fields {
  name: string;
  os_type: number;
  kind: TemplateKind;
  uuid?: string;
}

interface Props {
  isOpen: boolean;
  /** The template to change; without one a new one is made. */
  template?: Template;
  /** Of what kind a new one is at first. */
  kind: TemplateKind;
  close: () => void;
}

/** Makes a template known to the center, or changes its name or system. */
export function TemplateDialog({ isOpen, template, kind, close }: Props) {
  const { t } = useTranslation();
  const { message } = App.useApp();
  const [form] = Form.useForm<Fields>();
  const name = template?.name ?? "";
  const send = ({ name: given, os_type, kind: chosen, uuid }: Fields) =>
    template
      ? updateTemplate(template.id, { name: given.trim(), os_type })
      : createTemplate({ name: given.trim(), os_type, type: TemplateType[chosen], uuid: uuid ?? null });
  const action = useAction(send, {
    quiet: true,
    refresh: ["templates", "desktops", "store-images"],
    done: (made) => {
      void message.success(t(template ? "templates.editDone" : "templates.createDone", { name: made.name }));
      close();
    },
  });
  const required = { required: true, whitespace: true, message: t("common.required") };
  return (
    <FormDialog
      isOpen={isOpen}
      title={template ? t("templates.editTitle", { name }) : t("templates.create")}
      {...(!template && { okText: t("templates.createOk") })}
      work={action}
      onOk={() => form.submit()}
      close={close}
    >
      <Form<Fields>
        form={form}
        layout="vertical"
        requiredMark={false}
        preserve={false}
        initialValues={{ name, os_type: template?.os_type || 4, kind }}
        onFinish={(fields) => action.mutate(fields)}
      >
        <Form.Item name="name" label={t("common.name")} rules={[required]}>
          <Input maxLength={CHARS_MAX.TemplateRequest.name} />
        </Form.Item>
        <Form.Item name="os_type" label={t("templates.system")}>
          <Select options={OS_TYPES.map((value) => ({ value, label: osName(value, t) }))} />
        </Form.Item>
        {!template && (
          <>
            <Form.Item name="kind" label={t("templates.kind")}>
              <Radio.Group
                options={(["personal", "public"] as const).map((value) => ({ value, label: t(`templates.kinds.${value}`) }))}
              />
            </Form.Item>
            <ImageChoice />
          </>
        )}
      </Form>
    </FormDialog>
  );
}

function ImageChoice() {
  const { t } = useTranslation();
  const { data: images = [], error, isPending, refetch } = useQuery(storeImagesQuery);
  const options = images.map(({ uuid, name, size, template }) => {
    const isTaken = template != null;
    const label = `${name} (${bytes(size)})${isTaken ? ` — ${t("templates.imageTaken")}` : ""}`;
    return { value: uuid, label, disabled: isTaken };
  });
  return (
    <>
      <Form.Item name="uuid" label={t("templates.image")}>
        <Select
          allowClear
          showSearch={{ optionFilterProp: "label" }}
          loading={isPending}
          options={options}
          placeholder={t("templates.imageNone")}
        />
      </Form.Item>
      {error && <Trouble error={error} retry={() => void refetch()} />}
    </>
  );
}
