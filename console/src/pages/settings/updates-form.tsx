// SPDX-License-Identifier: GPL-3.0-or-later
import { DeleteOutlined, PlusOutlined } from "@ant-design/icons";
import { Alert, App, Button, ConfigProvider, Form, Input, InputNumber, Select, Space } from "antd";
import { useTranslation } from "react-i18next";
import { type Distribution, type DistributionState, setDistribution } from "../../api/distribution";
import { useRoleReason } from "../../api/role";
import { useAction } from "../../api/use-action";
import { ActionButton } from "../../components/action-button";
import styles from "./settings.module.css";

const MIB = 1024 * 1024;
/** In the order of their numbers, from 1. */
const DAYS = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"] as const;

interface Fields {
  windows: { days: number[]; from: string; to: string }[];
  hours: number;
  speed?: number | null;
}

/** What the form shows of the rules. The clock of whoever sets the first window is that of the site. */
function fieldsOf({ windows = [], utc_offset_minutes = 0, bytes_per_second }: Distribution): Fields {
  const here = -new Date().getTimezoneOffset();
  return {
    windows: windows.map(({ days = [], from, to }) => ({ days, from, to })),
    hours: (windows.length > 0 ? utc_offset_minutes : here) / 60,
    speed: bytes_per_second == null ? null : bytes_per_second / MIB,
  };
}

function rulesOf({ windows, hours, speed }: Fields): Distribution {
  return {
    windows,
    utc_offset_minutes: Math.round(hours * 60),
    bytes_per_second: speed == null ? null : Math.round(speed * MIB),
  };
}

/** The rules, to be changed by operators. */
export function UpdatesForm({ state }: { state: DistributionState }) {
  const { t } = useTranslation();
  const { message } = App.useApp();
  const reason = useRoleReason("operator");
  const action = useAction(setDistribution, {
    quiet: true,
    refresh: ["distribution"],
    done: () => void message.success(t("settings.updatesDone")),
  });
  return (
    <Form<Fields>
      layout="vertical"
      requiredMark={false}
      disabled={reason !== undefined}
      initialValues={fieldsOf(state.rules)}
      onFinish={(fields) => action.mutate(rulesOf(fields))}
    >
      {action.error && <Alert className={styles.trouble} type="error" showIcon title={action.error.message} />}
      <Windows />
      <Form.Item name="hours" label={t("settings.updatesClock")} extra={t("settings.updatesClockHint")}>
        <InputNumber min={-14} max={14} style={{ width: 140 }} />
      </Form.Item>
      <Form.Item name="speed" label={t("settings.updatesSpeed")} extra={t("settings.updatesSpeedHint")}>
        <InputNumber min={state.bytes_per_second_min / MIB} step={1} placeholder={t("settings.updatesNoLimit")} style={{ width: 140 }} />
      </Form.Item>
      <SaveButton reason={reason} isPending={action.isPending} />
    </Form>
  );
}

function SaveButton({ reason, isPending }: { reason: string | undefined; isPending: boolean }) {
  const { t } = useTranslation();
  return (
    // The fields are disabled for whoever may not change them; the button stays within reach and says why.
    <ConfigProvider componentDisabled={false}>
      <ActionButton type="primary" htmlType={reason ? "button" : "submit"} reason={reason} loading={isPending}>
        {t("settings.updatesSave")}
      </ActionButton>
    </ConfigProvider>
  );
}

function Windows() {
  const { t } = useTranslation();
  const days = DAYS.map((day, place) => ({ value: place + 1, label: t(`settings.day.${day}`) }));
  const needed = [{ required: true, message: t("common.required") }];
  return (
    <Form.Item label={t("settings.updatesWindows")} extra={t("settings.updatesWindowsHint")}>
      <Form.List name="windows">
        {(rows, { add, remove }) => (
          <>
            {rows.map(({ key, name }) => (
              <Space key={key} align="start" wrap>
                <Form.Item name={[name, "days"]}>
                  <Select
                    mode="multiple"
                    options={days}
                    aria-label={t("settings.updatesDays")}
                    placeholder={t("settings.updatesDaily")}
                    style={{ minWidth: 200 }}
                  />
                </Form.Item>
                <Form.Item name={[name, "from"]} rules={needed}>
                  <Input type="time" aria-label={t("settings.updatesFrom")} />
                </Form.Item>
                <Form.Item name={[name, "to"]} rules={needed}>
                  <Input type="time" aria-label={t("settings.updatesTo")} />
                </Form.Item>
                <Button
                  icon={<DeleteOutlined aria-hidden="true" />}
                  aria-label={t("settings.updatesRemove")}
                  onClick={() => remove(name)}
                />
              </Space>
            ))}
            <div>
              <Button
                icon={<PlusOutlined aria-hidden="true" />}
                onClick={() => add({ days: [], from: "22:00", to: "06:00" })}
              >
                {t("settings.updatesAdd")}
              </Button>
            </div>
          </>
        )}
      </Form.List>
    </Form.Item>
  );
}
