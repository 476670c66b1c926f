// SPDX-License-Identifier: GPL-3.0-or-later
import { useQuery } from "@tanstack/react-query";
import { App, Form, Select } from "antd";
import { useTranslation } from "react-i18next";
import { type Driver, driversQuery, DriverType } from "../../api/drivers";
import { statusQuery } from "../../api/status";
import { associate, fittingQuery, type Template } from "../../api/templates";
import { useAction } from "../../api/use-action";
import { FormDialog } from "../../components/form-dialog";
import { Loaded } from "../../components/loaded";
import { osName } from "../../format/os";
import styles from "./templates.module.css";

interface Fields {
  universal?: number | null;
  extracted?: number | null;
}

/** Associates at most one driver of each type; what does not fit is shown with the reason, and cannot be chosen. */
export function AssociateDialog({ template, close }: { template: Template | undefined; close: () => void }) {
  const { t } = useTranslation();
  const { message } = App.useApp();
  const [form] = Form.useForm<Fields>();
  const name = template?.name ?? "";
  const fitting = useQuery({ ...fittingQuery(template?.id ?? 0), enabled: template !== undefined });
  const action = useAction(associate, {
    quiet: true,
    refresh: ["templates", "drivers", "desktops"],
    done: () => {
      void message.success(t("templates.associateDone", { name }));
      close();
    },
  });
  const submit = ({ universal, extracted }: Fields) =>
    template &&
    action.mutate({
      id: template.id,
      universal_driver_id: universal ?? null,
      extractive_driver_id: extracted ?? null,
    });
  return (
    <FormDialog
      isOpen={template !== undefined}
      title={t("templates.associateTitle", { name })}
      work={action}
      onOk={() => form.submit()}
      close={close}
    >
      <p className={styles.lead}>{t("templates.associateLead")}</p>
      <Loaded query={fitting}>
        {({ data }) => (
          <Form<Fields>
            form={form}
            layout="vertical"
            initialValues={{
              universal: template?.universal_driver_id ?? null,
              extracted: template?.extractive_driver_id ?? null,
            }}
            onFinish={submit}
          >
            <Choice name="universal" fitting={new Set(data.map(({ id }) => id))} />
            <Choice name="extracted" fitting={new Set(data.map(({ id }) => id))} />
          </Form>
        )}
      </Loaded>
    </FormDialog>
  );
}

function Choice({ name, fitting }: { name: "universal" | "extracted"; fitting: Set<number> }) {
  const { t } = useTranslation();
  const { data: drivers = [] } = useQuery(driversQuery);
  const { data: status } = useQuery(statusQuery);
  const isUnsaved = ({ id }: Driver) =>
    status?.edit?.changes.some(
      ({ object, kind, driver_id }) => object === "driver" && kind === "import" && driver_id === id,
    ) ?? false;
  const option = (driver: Driver) => {
    const fits = fitting.has(driver.id);
    const reason = isUnsaved(driver)
      ? t("edit.pendingImport")
      : t("templates.notFitting", { system: osName(driver.os_type, t) });
    return { value: driver.id, label: fits ? driver.name : `${driver.name} — ${reason}`, disabled: !fits };
  };
  const options = drivers
    .filter(({ type }) => type === DriverType[name])
    .map(option)
    .toSorted((a, b) => Number(a.disabled) - Number(b.disabled));
  return (
    <Form.Item name={name} label={t(`templates.${name}`)}>
      <Select
        allowClear
        options={options}
        placeholder={t("templates.none")}
        notFoundContent={t("templates.noDrivers")}
        showSearch={{ optionFilterProp: "label" }}
      />
    </Form.Item>
  );
}
