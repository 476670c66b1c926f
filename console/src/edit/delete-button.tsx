// SPDX-License-Identifier: GPL-3.0-or-later
import { DeleteOutlined } from "@ant-design/icons";
import { App } from "antd";
import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { useReason } from "../api/reason";
import { useAction } from "../api/use-action";
import { ActionButton } from "../components/action-button";
import styles from "./dialog.module.css";

export interface DeletionProps {
  /** What the things are; also the key of their list. */
  of: "drivers" | "printers";
  items: readonly { id: number; name: string }[];
  remove: (ids: number[]) => Promise<unknown>;
  /** Who has them now. */
  impact?: ReactNode;
  /** Why they cannot be deleted, whatever the state of the disk. */
  reason?: string | undefined;
  /** Small, for a row. */
  isIcon?: boolean;
  done?: (() => void) | undefined;
}

/** Deletes what is on the disk, after saying what that affects and how to undo it. */
export function DeleteButton({ of, items, remove, impact, reason, isIcon, done }: DeletionProps) {
  const { t } = useTranslation();
  const { message, modal } = App.useApp();
  const refused = useReason("delete");
  const count = items.length;
  const action = useAction(remove, {
    refresh: [of, "status", "files"],
    done: () => {
      void message.success(t(`edit.deleteDone.${of}`, { count }));
      done?.();
    },
  });
  const content = (
    <div className={styles.content}>
      <ul className={styles.names}>
        {items.map(({ id, name }) => (
          <li key={id}>{name}</li>
        ))}
      </ul>
      {impact}
      <p>{t("edit.deleteImpact")}</p>
      <p>{t("edit.deleteUndo")}</p>
    </div>
  );
  const ask = () =>
    modal.confirm({
      title: t(`edit.deleteTitle.${of}`, { count }),
      width: 480,
      okText: t("edit.delete"),
      okButtonProps: { danger: true },
      content,
      onOk: () => action.mutateAsync(items.map(({ id }) => id)).catch(() => undefined),
    });
  return (
    <ActionButton
      danger
      type={isIcon ? "text" : "default"}
      icon={<DeleteOutlined aria-hidden="true" />}
      {...(isIcon && { hint: `${t("edit.delete")}: ${items.map(({ name }) => name).join(", ")}` })}
      reason={refused ?? reason}
      loading={action.isPending}
      onClick={() => void ask()}
    >
      {isIcon ? null : t("edit.delete")}
    </ActionButton>
  );
}
