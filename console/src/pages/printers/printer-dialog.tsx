// SPDX-License-Identifier: GPL-3.0-or-later
import { Alert, App, Form } from "antd";
import { useTranslation } from "react-i18next";
import type { Wire } from "../../api/client";
import { type Printer, PrinterType, updatePrinter } from "../../api/printers";
import { useAction } from "../../api/use-action";
import { FormDialog } from "../../components/form-dialog";
import { type Fields, PrinterForm } from "./printer-form";

interface Props {
  printer: Printer | undefined;
  /** Whether it was just copied from another one. */
  isCopy: boolean;
  close: () => void;
}

/** Changes the settings of a printer driver; which there are depends on its type. */
export function PrinterDialog({ printer, isCopy, close }: Props) {
  const { t } = useTranslation();
  const { message } = App.useApp();
  const [form] = Form.useForm<Fields>();
  const action = useAction(updatePrinter, {
    quiet: true,
    refresh: ["printers", "status"],
    done: (_, { name }) => {
      void message.success(t("printers.editDone", { name }));
      close();
    },
  });
  const title = printer && t(isCopy ? "printers.copyTitle" : "printers.editTitle", { name: printer.name });
  return (
    <FormDialog
      isOpen={printer !== undefined}
      title={title ?? ""}
      width={600}
      style={{ top: 48 }}
      work={action}
      onOk={() => form.submit()}
      close={close}
    >
      {isCopy && printer && (
        <Alert type="info" showIcon title={t("printers.copyLead", { name: printer.name })} style={{ marginBottom: 12 }} />
      )}
      {printer && (
        <PrinterForm form={form} printer={printer} submit={(fields) => action.mutate(changeOf(printer.id, fields))} />
      )}
    </FormDialog>
  );
}

/** What is sent: all that the chosen type has. A password that was not typed stays as it is. */
function changeOf(id: number, fields: Fields): Wire<"PrinterUpdate"> {
  const { password, environment, localPort, ...rest } = fields;
  return {
    id,
    ...rest,
    name: fields.name.trim(),
    describe: fields.describe?.trim() ?? "",
    ...(fields.type === PrinterType.local && localPort !== undefined && { port: localPort }),
    ...(environment > 0 && { environment }),
    ...(fields.type === PrinterType.shared && password && { password }),
  };
}
