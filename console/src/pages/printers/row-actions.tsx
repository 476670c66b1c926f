// SPDX-License-Identifier: GPL-3.0-or-later
import { CopyOutlined, EditOutlined } from "@ant-design/icons";
import { useQuery } from "@tanstack/react-query";
import { App } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { duplicatePrinter, type Printer } from "../../api/printers";
import { useRoleReason } from "../../api/role";
import { refusal, statusQuery } from "../../api/status";
import { useAction } from "../../api/use-action";
import { ActionButton } from "../../components/action-button";
import { DeleteButton } from "./delete-button";
import { PrinterDialog } from "./printer-dialog";

interface Props {
  printer: Printer;
  /** With words, for the page of one printer driver. */
  isLarge?: boolean;
  left?: () => void;
}

/** What can be done with one printer driver. A copy is opened at once: it was made to be set differently. */
export function RowActions({ printer, isLarge, left }: Props) {
  const { t } = useTranslation();
  const { message } = App.useApp();
  const [edited, setEdited] = useState<{ printer: Printer; isCopy: boolean }>();
  const { data: status } = useQuery(statusQuery);
  const reason = useRoleReason("operator") ?? refusal(status, "edit");
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
  return (
    <span style={{ whiteSpace: "nowrap", display: "inline-flex", gap: isLarge ? 8 : 0 }}>
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
      <DeleteButton printers={[printer]} isIcon={!isLarge} {...(left && { done: left })} />
      <PrinterDialog
        printer={edited?.printer}
        isCopy={edited?.isCopy ?? false}
        close={() => setEdited(undefined)}
      />
    </span>
  );
}
