// SPDX-License-Identifier: GPL-3.0-or-later
import { type TableColumnsType } from "antd";
import { useTranslation } from "react-i18next";
import type { Driver } from "../../api/drivers";
import { Empty } from "../../components/empty";
import { PackageTable } from "../../edit/package-table";
import { bytes } from "../../format/bytes";
import { osName } from "../../format/os";
import { DeleteDrivers } from "./delete-button";
import { DriverActions } from "./driver-actions";

interface Props {
  type: "universal" | "extracted";
  rows: Driver[];
  /** Whether rows are left out because of a search. */
  isFiltered: boolean;
}

/** System drivers of one type. */
export function DriverTable({ type, rows, isFiltered }: Props) {
  return (
    <PackageTable<Driver>
      object="driver"
      rows={rows}
      about={({ describe }) => [describe]}
      columns={useColumns()}
      actions={(driver) => <DriverActions driver={driver} />}
      chosenActions={(drivers, done) => <DeleteDrivers drivers={drivers} done={done} />}
      empty={<Nothing type={type} isFiltered={isFiltered} />}
    />
  );
}

function useColumns(): TableColumnsType<Driver> {
  const { t } = useTranslation();
  return [
    {
      title: t("drivers.system"),
      dataIndex: "os_type",
      width: 170,
      responsive: ["lg"],
      render: (os: number) => osName(os, t),
    },
    {
      title: t("common.size"),
      dataIndex: "size",
      width: 110,
      align: "right",
      sorter: (a, b) => a.size - b.size,
      render: bytes,
    },
    {
      title: t("drivers.templates"),
      dataIndex: "tpl_num",
      width: 110,
      align: "right",
      sorter: (a, b) => a.tpl_num - b.tpl_num,
    },
  ];
}

function Nothing({ type, isFiltered }: Pick<Props, "type" | "isFiltered">) {
  const { t } = useTranslation();
  if (isFiltered) return <Empty title={t("drivers.noMatch")} hint={t("drivers.noMatchHint")} />;
  return type === "universal" ? (
    <Empty title={t("drivers.emptyUniversal")} hint={t("drivers.emptyHintUniversal")} />
  ) : (
    <Empty title={t("drivers.emptyExtracted")} hint={t("drivers.emptyHintExtracted")} />
  );
}
