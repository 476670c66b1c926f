// SPDX-License-Identifier: GPL-3.0-or-later
import { DeleteOutlined } from "@ant-design/icons";
import { App } from "antd";
import { useTranslation } from "react-i18next";
import { useRoleReason } from "../../api/role";
import { removeTerminals } from "../../api/terminals";
import { useAction } from "../../api/use-action";
import { ActionButton } from "../../components/action-button";
import type { Named } from "./selection";
import styles from "./terminals.module.css";

interface Props {
  terminals: readonly Named[];
  /** Why these cannot be removed, whoever asks. */
  reason?: string | undefined;
  done: () => void;
}

/** Removes terminals, after saying what becomes of them. */
export function RemoveButton({ terminals, reason, done }: Props) {
  const { t } = useTranslation();
  const { message, modal } = App.useApp();
  const role = useRoleReason("administrator");
  const count = terminals.length;
  const action = useAction(removeTerminals, {
    refresh: ["terminals"],
    done: () => {
      void message.success(t("terminals.removeDone", { count }));
      done();
    },
  });
  const ask = () =>
    modal.confirm({
      title: t("terminals.removeTitle", { count }),
      width: 480,
      okText: t("terminals.remove", { count }),
      okButtonProps: { danger: true },
      content: <Effect terminals={terminals} />,
      onOk: () => action.mutateAsync(terminals.map(({ id }) => id)).catch(() => undefined),
    });
  return (
    <ActionButton
      danger
      icon={<DeleteOutlined aria-hidden="true" />}
      reason={role ?? reason}
      loading={action.isPending}
      onClick={() => void ask()}
    >
      {t("terminals.remove", { count })}
    </ActionButton>
  );
}

function Effect({ terminals }: Pick<Props, "terminals">) {
  const { t } = useTranslation();
  return (
    <>
      <ul className={styles.names}>
        {terminals.map(({ id, name }) => (
          <li key={id}>{name}</li>
        ))}
      </ul>
      <p>{t("terminals.removeImpact", { count: terminals.length })}</p>
      <p>{t("terminals.removeUndo", { count: terminals.length })}</p>
    </>
  );
}
