// SPDX-License-Identifier: GPL-3.0-or-later
import { EditOutlined } from "@ant-design/icons";
import { useTranslation } from "react-i18next";
import { useRoleReason } from "../api/role";
import { beginEdit, refusal, type Status } from "../api/status";
import { useAction } from "../api/use-action";
import { ActionButton } from "../components/action-button";

/** 管理驱动: enters the editing state. */
export function BeginButton({ status }: { status: Status }) {
  const { t } = useTranslation();
  const role = useRoleReason("operator");
  const action = useAction(beginEdit, { refresh: ["status"] });
  return (
    <ActionButton
      type="primary"
      icon={<EditOutlined aria-hidden="true" />}
      reason={role ?? refusal(status, "edit")}
      loading={action.isPending}
      onClick={() => action.mutate(undefined)}
    >
      {t("edit.begin")}
    </ActionButton>
  );
}
