// SPDX-License-Identifier: GPL-3.0-or-later
import { Form, Input, Radio, Select } from "antd";
import { useTranslation } from "react-i18next";
import { CHARS_MAX } from "../../api/limits";
import { type Printer, PrinterType } from "../../api/printers";
import { OS_TYPES, osName } from "../../format/os";
import { DUPLEXES, PAPER_OPTIONS, PROTOCOLS, TYPES } from "./values";
import styles from "./printers.module.css";

const MAX = CHARS_MAX.PrinterUpdate;
/** Of a name in the DNS. */
const HOST_CHARS_MAX = 253;

export interface Fields {
  name: string;
  environment: number;
  type: number;
  paper: number | string;
  duplex_print: number;
  ip?: string;
  share?: string;
  accounts?: string;
  password?: string;
  protocol?: string;
  /** A local port has a name, that of a network printer is a number. */
  localPort?: string;
  port?: string;
  describe?: string;
}

interface Props {
  form: ReturnType<typeof Form.useForm<Fields>>[0];
  printer: Printer;
  submit: (fields: Fields) => void;
}

const valuesOf = (printer: Printer): Fields => ({
  name: printer.name,
  environment: printer.environment,
  type: printer.type,
  paper: printer.paper,
  duplex_print: printer.duplex_print,
  ip: printer.ip,
  share: printer.share,
  accounts: printer.accounts,
  protocol: printer.protocol ?? "RAW",
  localPort: printer.type === PrinterType.local ? printer.port : "",
  port: printer.type === PrinterType.network ? printer.port : "",
  describe: printer.describe ?? "",
});

/** Settings of a printer driver. Fields that the chosen type does not have are not shown and not sent. */
export function PrinterForm({ form, printer, submit }: Props) {
  const { t } = useTranslation();
  const type = Form.useWatch("type", form) ?? printer.type;
  const required = [{ required: true, whitespace: true, message: t("common.required") }];
  const systems = OS_TYPES.map((value) => ({ value: value as number, label: osName(value, t) }));
  if (printer.environment === 0) systems.unshift({ value: 0, label: osName(0, t) });
  return (
    <Form<Fields>
      form={form}
      layout="vertical"
      requiredMark={false}
      preserve={false}
      initialValues={valuesOf(printer)}
      onFinish={submit}
    >
      <div className={styles.pair}>
        <Form.Item name="name" label={t("common.name")} rules={required}>
          <Input maxLength={MAX.name} />
        </Form.Item>
        <Form.Item name="environment" label={t("printers.system")}>
          <Select options={systems} />
        </Form.Item>
      </div>
      <Form.Item name="type" label={t("printers.type")}>
        <Radio.Group
          optionType="button"
          options={TYPES.map((name) => ({
            value: PrinterType[name],
            label: t(`printers.types.${name}`),
            title: t(`printers.typeHint.${name}`),
          }))}
        />
      </Form.Item>
      {type === PrinterType.local && <Local />}
      {type === PrinterType.shared && <Shared hasPassword={printer.has_password} />}
      {type === PrinterType.network && <Network form={form} />}
      <div className={styles.pair}>
        <Form.Item name="paper" label={t("printers.paper")}>
          <Select options={PAPER_OPTIONS} showSearch={{ optionFilterProp: "label" }} />
        </Form.Item>
        <Form.Item name="duplex_print" label={t("printers.duplex")}>
          <Select options={DUPLEXES.map(({ value, name }) => ({ value, label: t(`printers.duplexes.${name}`) }))} />
        </Form.Item>
      </div>
      <Form.Item name="describe" label={t("printers.describe")}>
        <Input maxLength={MAX.describe} />
      </Form.Item>
    </Form>
  );
}

function Local() {
  const { t } = useTranslation();
  return (
    <Form.Item
      name="localPort"
      label={t("printers.portLocal")}
      extra={t("printers.portLocalHint")}
      rules={[{ required: true, message: t("common.required") }]}
    >
      <Input maxLength={64} />
    </Form.Item>
  );
}

function Shared({ hasPassword }: { hasPassword: boolean }) {
  const { t } = useTranslation();
  const required = [{ required: true, message: t("common.required") }];
  return (
    <>
      <div className={styles.pair}>
        <Form.Item name="ip" label={t("printers.host")} extra={t("printers.hostHint")} rules={required}>
          <Input maxLength={HOST_CHARS_MAX} />
        </Form.Item>
        <Form.Item name="share" label={t("printers.share")} rules={required}>
          <Input maxLength={MAX.share} />
        </Form.Item>
      </div>
      <div className={styles.pair}>
        <Form.Item name="accounts" label={t("printers.account")}>
          <Input maxLength={MAX.accounts} autoComplete="off" />
        </Form.Item>
        <Form.Item
          name="password"
          label={t("printers.password")}
          extra={t(hasPassword ? "printers.passwordKept" : "printers.passwordNone")}
        >
          <Input.Password maxLength={255} autoComplete="new-password" />
        </Form.Item>
      </div>
    </>
  );
}

function Network({ form }: { form: Props["form"] }) {
  const { t } = useTranslation();
  const protocol = Form.useWatch("protocol", form);
  const hasName = protocol === "LPR" || protocol === "IPP";
  return (
    <>
      <div className={styles.pair}>
        <Form.Item name="ip" label={t("printers.address")} rules={[{ required: true, message: t("common.required") }]}>
          <Input maxLength={HOST_CHARS_MAX} />
        </Form.Item>
        <Form.Item name="protocol" label={t("printers.protocol")}>
          <Select options={PROTOCOLS.map((value) => ({ value, label: value }))} />
        </Form.Item>
      </div>
      <div className={styles.pair}>
        <Form.Item name="port" label={t("printers.port")} rules={[{ pattern: /^\d{0,5}$/, message: "1–65535" }]}>
          <Input inputMode="numeric" maxLength={5} placeholder="9100" />
        </Form.Item>
        {hasName && (
          <Form.Item name="share" label={t(protocol === "LPR" ? "printers.queue" : "printers.path")}>
            <Input maxLength={MAX.share} />
          </Form.Item>
        )}
      </div>
    </>
  );
}
