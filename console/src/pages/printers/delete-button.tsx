// SPDX-License-Identifier: GPL-3.0-or-later
import { DeleteOutlined } from "@ant-design/icons";
import { useQuery } from "@tanstack/react-query";
import { App } from "antd";
import { useTranslation } from "react-i18next";
import { deletePrinters, type Printer } from "../../api/printers";
import { useRoleReason } from "../../api/role";
import { refusal, statusQuery } from "../../api/status";
import { useAction } from "../../api/use-action";
import { ActionButton } from "../../components/action-button";

interface Props {
  printers: readonly Printer[];
  isIcon?: boolean;
  done?: () => void;
}

/** Deletes printer drivers, after saying what that affects and how to undo it. */
export function DeleteButton({ printers, isIcon, done }: Props) {
  const { t } = useTranslation();
  const { message, modal } = App.useApp();
  const { data: status } = useQuery(statusQuery);
  const reason = useRoleReason("operator") ?? refusal(status, "delete");
  const count = printers.length;
  const action = useAction(deletePrinters, {
    refresh: ["printers", "status"],
    done: () => {
      void message.success(t("printers.deleteDone", { count }));
      done?.();
    },
  });
  const ask = () =>
    modal.confirm({
      title: t("printers.deleteTitle", { count }),
      width: 480,
      okText: t("printers.delete"),
      okButtonProps: { danger: true },
      content: <Impact printers={printers} />,
      onOk: () => action.mutateAsync(printers.map(({ id }) => id)).catch(() => undefined),
    });
  const names = printers.map(({ name }) => name).join(", ");
  return (
    <ActionButton
      danger
      type={isIcon ? "text" : "default"}
      icon={<DeleteOutlined aria-hidden="true" />}
      {...(isIcon && { hint: `${t("printers.delete")}: ${names}` })}
      reason={reason}
      loading={action.isPending}
      onClick={() => void ask()}
    >
      {isIcon ? null : t("printers.delete")}
    </ActionButton>
  );
}

function Impact({ printers }: { printers: readonly Printer[] }) {
  const { t } = useTranslation();
  const terminals = Math.max(0, ...printers.map(({ client_nums }) => client_nums));
  return (
    <>
      <ul style={{ paddingLeft: 18, maxHeight: "30vh", overflowY: "auto" }}>
        {printers.map((printer) => (
          <li key={printer.id}>{printer.name}</li>
        ))}
      </ul>
      {terminals > 0 && <p>{t("printers.deleteUsers", { count: terminals })}</p>}
      <p>
        {t("printers.deleteImpact")} {t("printers.deleteUndo")}
      </p>
    </>
  );
}
