// SPDX-License-Identifier: GPL-3.0-or-later
import { CopyOutlined, EditOutlined } from "@ant-design/icons";
import { App } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { duplicatePrinter, type Printer } from "../../api/printers";
import { useReason } from "../../api/reason";
import { useAction } from "../../api/use-action";
import { ActionButton } from "../../components/action-button";
import cell from "../../components/cell.module.css";
import { DeletePrinters } from "./delete-button";
import { PrinterDialog } from "./printer-dialog";

interface Props {
  printer: Printer;
  /** With words, for the page of one printer driver. */
  isLarge?: boolean;
  /** Called when it is deleted. */
  left?: () => void;
}

/** What can be done with one printer driver. A copy is opened at once: it was made to be set differently. */
export function PrinterActions({ printer, isLarge, left }: Props) {
  const { t } = useTranslation();
  const { message } = App.useApp();
  const [edited, setEdited] = useState<{ printer: Printer; isCopy: boolean }>();
  const reason = useReason("edit");
  const copy = useAction(duplicatePrinter, {
    refresh: ["printers", "status"],
    done: ([made]) => {
      if (!made) return;
      void message.success(t("printers.duplicateDone", { name: made.name }));
      setEdited({ printer: made, isCopy: true });
    },
  });
  const look = (label: string) =>
    isLarge ? { children: label } : { type: "text" as const, hint: `${label}: ${printer.name}` };
  const buttons = (
    <>
      <ActionButton
        {...look(t("printers.edit"))}
        icon={<EditOutlined aria-hidden="true" />}
        reason={reason}
        onClick={() => setEdited({ printer, isCopy: false })}
      />
      <ActionButton
        {...look(t("printers.duplicate"))}
        icon={<CopyOutlined aria-hidden="true" />}
        reason={reason}
        loading={copy.isPending}
        onClick={() => copy.mutate(printer.id)}
      />
      <DeletePrinters printers={[printer]} isIcon={!isLarge} done={left} />
      <PrinterDialog printer={edited?.printer} isCopy={edited?.isCopy ?? false} close={() => setEdited(undefined)} />
    </>
  );
  return isLarge ? buttons : <span className={cell.icons}>{buttons}</span>;
}
