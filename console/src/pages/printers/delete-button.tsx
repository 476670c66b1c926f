// SPDX-License-Identifier: GPL-3.0-or-later
import { useTranslation } from "react-i18next";
import { deletePrinters, type Printer } from "../../api/printers";
import { DeleteButton, type DeletionProps } from "../../edit/delete-button";

type Props = Pick<DeletionProps, "isIcon" | "done"> & { printers: readonly Printer[] };

/** Deletes printer drivers, after saying how many terminals have them. */
export function DeletePrinters({ printers, ...rest }: Props) {
  const { t } = useTranslation();
  const terminals = Math.max(0, ...printers.map(({ client_nums }) => client_nums));
  const impact = terminals > 0 && <p>{t("printers.deleteUsers", { count: terminals })}</p>;
  return <DeleteButton of="printers" items={printers} remove={deletePrinters} impact={impact} {...rest} />;
}
