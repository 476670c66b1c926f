// SPDX-License-Identifier: GPL-3.0-or-later
import { DeleteOutlined, EditOutlined, LinkOutlined } from "@ant-design/icons";
import { App } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { useRoleReason } from "../../api/role";
import { deleteTemplate, type Template } from "../../api/templates";
import { useAction } from "../../api/use-action";
import { ActionButton } from "../../components/action-button";
import cell from "../../components/cell.module.css";
import { AssociateDialog } from "./associate-dialog";
import { TemplateDialog } from "./template-dialog";

/** What can be done with one template. */
export function TemplateActions({ template }: { template: Template }) {
  const { t } = useTranslation();
  const { message, modal } = App.useApp();
  const reason = useRoleReason("operator");
  const [open, setOpen] = useState<"drivers" | "template">();
  const { name } = template;
  const remove = useAction(deleteTemplate, {
    refresh: ["templates", "drivers"],
    done: () => void message.success(t("templates.deleteDone")),
  });
  const ask = () =>
    modal.confirm({
      title: t("templates.deleteTitle", { name }),
      content: t("templates.deleteText"),
      okText: t("templates.delete"),
      okButtonProps: { danger: true },
      onOk: () => remove.mutateAsync(template.id).catch(() => undefined),
    });
  const close = () => setOpen(undefined);
  return (
    <span className={cell.icons}>
      <ActionButton
        type="text"
        icon={<LinkOutlined aria-hidden="true" />}
        hint={`${t("templates.associate")}: ${name}`}
        reason={reason}
        onClick={() => setOpen("drivers")}
      />
      <ActionButton
        type="text"
        icon={<EditOutlined aria-hidden="true" />}
        hint={`${t("templates.edit")}: ${name}`}
        reason={reason}
        onClick={() => setOpen("template")}
      />
      <ActionButton
        type="text"
        danger
        icon={<DeleteOutlined aria-hidden="true" />}
        hint={`${t("templates.delete")}: ${name}`}
        reason={reason}
        onClick={() => void ask()}
      />
      <AssociateDialog template={open === "drivers" ? template : undefined} close={close} />
      <TemplateDialog isOpen={open === "template"} template={template} kind="personal" close={close} />
    </span>
  );
}
