// SPDX-License-Identifier: GPL-3.0-or-later
import { EditOutlined } from "@ant-design/icons";
import { useQuery } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import type { Driver } from "../../api/drivers";
import { useRoleReason } from "../../api/role";
import { refusal, statusQuery } from "../../api/status";
import { ActionButton } from "../../components/action-button";
import { DeleteButton } from "./delete-button";

/** What can be done with one driver. */
export function RowActions({ driver, edit }: { driver: Driver; edit: () => void }) {
  const { t } = useTranslation();
  const { data: status } = useQuery(statusQuery);
  const reason = useRoleReason("operator") ?? refusal(status, "edit");
  return (
    <span style={{ whiteSpace: "nowrap" }}>
      <ActionButton
        type="text"
        icon={<EditOutlined aria-hidden="true" />}
        hint={`${t("drivers.edit")}: ${driver.name}`}
        reason={reason}
        onClick={edit}
      />
      <DeleteButton drivers={[driver]} isIcon />
    </span>
  );
}
