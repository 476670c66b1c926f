// SPDX-License-Identifier: GPL-3.0-or-later
import { EditOutlined } from "@ant-design/icons";
import { useTranslation } from "react-i18next";
import { useReason } from "../api/reason";
import { beginEdit } from "../api/status";
import { useAction } from "../api/use-action";
import { ActionButton } from "../components/action-button";

/** 管理驱动: enters the editing state. */
export function BeginButton() {
  const { t } = useTranslation();
  const action = useAction(beginEdit, { refresh: ["status"] });
  return (
    <ActionButton
      type="primary"
      icon={<EditOutlined aria-hidden="true" />}
      reason={useReason("edit")}
      loading={action.isPending}
      onClick={() => action.mutate(undefined)}
    >
      {t("edit.begin")}
    </ActionButton>
  );
}
