// SPDX-License-Identifier: GPL-3.0-or-later
import { useTranslation } from "react-i18next";
import { deleteDrivers, type Driver } from "../../api/drivers";
import { DeleteButton, type DeletionProps } from "../../edit/delete-button";

type Props = Pick<DeletionProps, "isIcon" | "done"> & { drivers: readonly Driver[] };

/** Deletes drivers that no template uses. */
export function DeleteDrivers({ drivers, ...rest }: Props) {
  const { t } = useTranslation();
  const templates = drivers.reduce((sum, driver) => sum + driver.tpl_num, 0);
  const reason = templates > 0 ? t("drivers.deleteTemplates", { count: templates }) : undefined;
  return <DeleteButton of="drivers" items={drivers} remove={deleteDrivers} reason={reason} {...rest} />;
}
