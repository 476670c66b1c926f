// SPDX-License-Identifier: GPL-3.0-or-later
import { useInfiniteQuery } from "@tanstack/react-query";
import { Button, Skeleton, Table, type TableColumnsType } from "antd";
import { useRef } from "react";
import { useTranslation } from "react-i18next";
import { devicesQuery, type Inf } from "../../api/drivers";
import type { Wire } from "../../api/client";
import cell from "../../components/cell.module.css";
import { Empty } from "../../components/empty";
import { Trouble } from "../../components/trouble";
import { scrollByKey, useReachable } from "../../components/use-reachable";

type Device = Wire<"Device">;

/** What scrolls: the body of a table, or of one that draws only the rows in sight. */
const FRAME = ".ant-table-body, .ant-table-tbody-virtual-holder";

/** Devices that an INF names, a page at a time: some name tens of thousands. */
export function DeviceTable({ inf }: { inf: Inf }) {
  const { t } = useTranslation();
  const place = useRef<HTMLDivElement>(null);
  const label = t("drivers.devicesOf", { name: inf.path });
  useReachable(place, label, FRAME);
  const query = useInfiniteQuery(devicesQuery(inf.id));
  const columns: TableColumnsType<Device> = [
    { title: t("drivers.device"), dataIndex: "description", render: (text: string, row) => text || row.install_section },
    {
      title: t("drivers.hardwareId"),
      dataIndex: "hardware_id",
      render: (id: string | null, row) => (
        <span className={cell.path}>
          {id} {row.kind === "compatible" && <span className={cell.faint}>({t("drivers.compatible")})</span>}
        </span>
      ),
    },
    { title: t("drivers.manufacturer"), dataIndex: "manufacturer", width: 200 },
    { title: t("drivers.target"), dataIndex: "decoration", width: 150 },
  ];
  if (query.error) return <Trouble error={query.error} retry={() => void query.refetch()} />;
  if (!query.data) return <Skeleton active paragraph={{ rows: 3 }} title={false} />;
  const rows = query.data.pages.flatMap((page) => page.devices).map((device, key) => ({ ...device, key }));
  return (
    <div ref={place} onKeyDown={scrollByKey}>
      <Table
        size="small"
        columns={columns}
        dataSource={rows}
        pagination={false}
        scroll={{ y: 360 }}
        virtual={rows.length > 100}
        aria-label={label}
        locale={{ emptyText: <Empty title={t("drivers.noDevices")} hint={t("drivers.noDevicesHint")} /> }}
      />
      {query.hasNextPage && (
        <Button type="link" loading={query.isFetchingNextPage} onClick={() => void query.fetchNextPage()}>
          {t("common.more")}（{rows.length} / {query.data.pages[0]?.page.total}）
        </Button>
      )}
    </div>
  );
}
