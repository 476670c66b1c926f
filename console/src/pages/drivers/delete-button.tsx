// SPDX-License-Identifier: GPL-3.0-or-later
import { DeleteOutlined } from "@ant-design/icons";
import { useQuery } from "@tanstack/react-query";
import { App } from "antd";
import { useTranslation } from "react-i18next";
import { deleteDrivers, type Driver } from "../../api/drivers";
import { useRoleReason } from "../../api/role";
import { refusal, statusQuery } from "../../api/status";
import { useAction } from "../../api/use-action";
import { ActionButton } from "../../components/action-button";

interface Props {
  drivers: readonly Driver[];
  /** Small, for a row. */
  isIcon?: boolean;
  done?: () => void;
}

/** Deletes drivers, after saying what that affects and how to undo it. */
export function DeleteButton({ drivers, isIcon, done }: Props) {
  const { t } = useTranslation();
  const { message, modal } = App.useApp();
  const { data: status } = useQuery(statusQuery);
  const reason = useRoleReason("operator") ?? refusal(status, "delete");
  const count = drivers.length;
  const action = useAction(deleteDrivers, {
    refresh: ["drivers", "status", "files"],
    done: () => {
      void message.success(t("drivers.deleteDone", { count }));
      done?.();
    },
  });
  const ask = () =>
    modal.confirm({
      title: t("drivers.deleteTitle", { count }),
      width: 480,
      okText: t("drivers.delete"),
      okButtonProps: { danger: true },
      content: <Impact drivers={drivers} />,
      onOk: () => action.mutateAsync(drivers.map(({ id }) => id)).catch(() => undefined),
    });
  const names = drivers.map(({ name }) => name).join(", ");
  return (
    <ActionButton
      danger
      type={isIcon ? "text" : "default"}
      icon={<DeleteOutlined aria-hidden="true" />}
      {...(isIcon && { hint: `${t("drivers.delete")}: ${names}` })}
      reason={reason}
      loading={action.isPending}
      onClick={() => void ask()}
    >
      {isIcon ? null : t("drivers.delete")}
    </ActionButton>
  );
}

/** What a deletion affects. */
function Impact({ drivers }: { drivers: readonly Driver[] }) {
  const { t } = useTranslation();
  const templates = drivers.reduce((sum, driver) => sum + driver.tpl_num, 0);
  return (
    <>
      <ul style={{ paddingLeft: 18, maxHeight: "30vh", overflowY: "auto" }}>
        {drivers.map((driver) => (
          <li key={driver.id}>{driver.name}</li>
        ))}
      </ul>
      {templates > 0 && <p>{t("drivers.deleteTemplates", { count: templates })}</p>}
      <p>
        {t("drivers.deleteImpact")}
        {t("drivers.deleteUndo")}
      </p>
    </>
  );
}
