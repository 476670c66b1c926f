// SPDX-License-Identifier: GPL-3.0-or-later
import { App, Form, Input, Select } from "antd";
import { useTranslation } from "react-i18next";
import { type Driver, updateDriver } from "../../api/drivers";
import { CHARS_MAX } from "../../api/limits";
import { useAction } from "../../api/use-action";
import { FormDialog } from "../../components/form-dialog";
import { OS_TYPES, osName } from "../../format/os";

interface Props {
  driver: Driver | undefined;
  close: () => void;
}

interface Fields {
  name: string;
  environment: number;
  describe: string;
}

/** Changes name, system and description of a driver. */
export function EditDialog({ driver, close }: Props) {
  const { t } = useTranslation();
  const { message } = App.useApp();
  const [form] = Form.useForm<Fields>();
  const action = useAction(updateDriver, {
    quiet: true,
    refresh: ["drivers", "status"],
    done: (_, { name }) => {
      void message.success(t("drivers.editDone", { name }));
      close();
    },
  });
  const submit = ({ name, environment, describe }: Fields) =>
    driver && action.mutate({ id: driver.id, name: name.trim(), environment, describe: (describe ?? "").trim() });
  const required = { required: true, whitespace: true, message: t("common.required") };
  return (
    <FormDialog
      isOpen={driver !== undefined}
      title={t("drivers.editTitle", { name: driver?.name ?? "" })}
      work={action}
      onOk={() => form.submit()}
      close={close}
    >
      {driver && (
        <Form<Fields>
          form={form}
          layout="vertical"
          requiredMark={false}
          preserve={false}
          initialValues={{ name: driver.name, environment: driver.os_type, describe: driver.describe ?? "" }}
          onFinish={submit}
        >
          <Form.Item name="name" label={t("common.name")} rules={[required]}>
            <Input maxLength={CHARS_MAX.DriverUpdate.name} />
          </Form.Item>
          <Form.Item name="environment" label={t("drivers.system")}>
            <Select options={OS_TYPES.map((value) => ({ value, label: osName(value, t) }))} />
          </Form.Item>
          <Form.Item name="describe" label={t("drivers.description")}>
            <Input.TextArea maxLength={CHARS_MAX.DriverUpdate.describe} rows={2} />
          </Form.Item>
        </Form>
      )}
    </FormDialog>
  );
}
