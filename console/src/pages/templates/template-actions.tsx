// SPDX-License-Identifier: GPL-3.0-or-later
import { DeleteOutlined, EditOutlined, LinkOutlined } from "@ant-design/icons";
import { useQuery } from "@tanstack/react-query";
import { App } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { useRoleReason } from "../../api/role";
import { deleteTemplate, desktopsQuery, type Template, TemplateType } from "../../api/templates";
import { useAction } from "../../api/use-action";
import { ActionButton } from "../../components/action-button";
import cell from "../../components/cell.module.css";
import { AssociateDialog } from "./associate-dialog";
import { TemplateDialog } from "./template-dialog";

/** So many names are told before it gets too long. */
const NAMES_MAX = 3;

/** What can be done with one template. */
export function TemplateActions({ template }: { template: Template }) {
  const { t } = useTranslation();
  const { message, modal } = App.useApp();
  const reason = useRoleReason("operator");
  const [open, setOpen] = useState<"drivers" | "template">();
  const { name } = template;
  const inUse = useHolder(template);
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
        reason={reason ?? inUse}
        onClick={() => void ask()}
      />
      <AssociateDialog template={open === "drivers" ? template : undefined} close={close} />
      <TemplateDialog isOpen={open === "template"} template={template} kind="personal" close={close} />
    </span>
  );
}

/** Why it cannot be deleted: what is made of it. */
function useHolder({ id, type }: Template): string | undefined {
  const { t } = useTranslation();
  const { data: all = [] } = useQuery(desktopsQuery(type === TemplateType.public ? "scene" : "personal"));
  const made = all.filter(({ image_id }) => image_id === id);
  if (made.length === 0) return undefined;
  const names = made.slice(0, NAMES_MAX).map(({ name }) => name).join(t("common.listSeparator"));
  return t("templates.deleteInUse", { names: made.length > NAMES_MAX ? `${names}…` : names });
}
