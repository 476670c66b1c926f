// SPDX-License-Identifier: GPL-3.0-or-later
import { EditOutlined } from "@ant-design/icons";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { Driver } from "../../api/drivers";
import { useReason } from "../../api/reason";
import { ActionButton } from "../../components/action-button";
import cell from "../../components/cell.module.css";
import { DeleteDrivers } from "./delete-button";
import { EditDialog } from "./edit-dialog";

interface Props {
  driver: Driver;
  /** With words, for the page of one driver. */
  isLarge?: boolean;
  /** Called when it is deleted. */
  left?: () => void;
}

/** What can be done with one driver. */
export function DriverActions({ driver, isLarge, left }: Props) {
  const { t } = useTranslation();
  const [isEdited, setEdited] = useState(false);
  const label = t("drivers.edit");
  const look = isLarge ? { children: label } : { type: "text" as const, hint: `${label}: ${driver.name}` };
  const buttons = (
    <>
      <ActionButton
        {...look}
        icon={<EditOutlined aria-hidden="true" />}
        reason={useReason("edit")}
        onClick={() => setEdited(true)}
      />
      <DeleteDrivers drivers={[driver]} isIcon={!isLarge} done={left} />
      <EditDialog driver={isEdited ? driver : undefined} close={() => setEdited(false)} />
    </>
  );
  return isLarge ? buttons : <span className={cell.icons}>{buttons}</span>;
}
