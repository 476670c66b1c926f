// SPDX-License-Identifier: GPL-3.0-or-later
import { useQuery } from "@tanstack/react-query";
import type { TableColumnsType } from "antd";
import { useTranslation } from "react-i18next";
import type { Wire } from "../../api/client";
import { inventoryQuery } from "../../api/terminals";
import { Empty } from "../../components/empty";
import { Grid } from "../../components/grid";
import { Loaded } from "../../components/loaded";
import styles from "./terminals.module.css";

type Device = Wire<"HardwareDevice">;

/** Model, firmware and devices, as the terminal said. */
export function Inventory({ terminal }: { terminal: string }) {
  const inventory = useQuery({ ...inventoryQuery(terminal), retry: false });
  return (
    <Loaded query={inventory}>
      {({ model, firmware, devices }) => (
        <>
          <p className={styles.machine}>{[model, firmware].filter(Boolean).join(" · ")}</p>
          <Devices devices={devices} />
        </>
      )}
    </Loaded>
  );
}

function Devices({ devices }: { devices: Device[] }) {
  const { t } = useTranslation();
  const ids = (of: string[] | undefined) => (
    <span className={styles.mac} title={of?.join("\n")}>
      {of?.[0]}
    </span>
  );
  const columns: TableColumnsType<Device & { key: number }> = [
    // What runs Linux knows no names.
    ...(devices.some(({ name }) => name) ? [{ title: t("terminals.device"), dataIndex: "name" }] : []),
    { title: t("terminals.hardwareId"), dataIndex: "hardware_ids", render: ids },
    { title: t("terminals.compatibleId"), dataIndex: "compatible_ids", render: ids },
  ];
  return (
    <Grid
      size="small"
      minWidth={820}
      columns={columns}
      dataSource={devices.map((device, key) => ({ ...device, key }))}
      pagination={{ defaultPageSize: 20, hideOnSinglePage: true, showTotal: (count) => t("common.total", { count }) }}
      locale={{ emptyText: <Empty title={t("terminals.noDevices")} hint={t("terminals.noInventoryHint")} /> }}
    />
  );
}
