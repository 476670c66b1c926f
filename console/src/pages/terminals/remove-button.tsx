// SPDX-License-Identifier: GPL-3.0-or-later
import { DeleteOutlined } from "@ant-design/icons";
import { App } from "antd";
import { useTranslation } from "react-i18next";
import { useRoleReason } from "../../api/role";
import { removeTerminals, type Targets } from "../../api/terminals";
import { useAction } from "../../api/use-action";
import { ActionButton } from "../../components/action-button";
import styles from "./terminals.module.css";

interface Props {
  targets: Targets;
  /** How many that are. */
  count: number;
  /** What they are called, where they were chosen one by one. */
  names: readonly string[];
  done: () => void;
}

/** Removes terminals, after saying how many and what becomes of them. */
export function RemoveButton({ targets, count, names, done }: Props) {
  const { t } = useTranslation();
  const { message, modal } = App.useApp();
  const role = useRoleReason("administrator");
  const action = useAction(removeTerminals, {
    refresh: ["terminals"],
    done: ({ terminals }) => {
      void message.success(t("terminals.removeDone", { count: terminals }));
      done();
    },
  });
  const ask = () =>
    modal.confirm({
      title: t("terminals.removeTitle", { count }),
      width: 480,
      okText: t("terminals.removeOk", { count }),
      okButtonProps: { danger: true },
      content: <Effect count={count} names={names} />,
      onOk: () => action.mutateAsync({ targets, count }).catch(() => undefined),
    });
  return (
    <ActionButton
      danger
      icon={<DeleteOutlined aria-hidden="true" />}
      reason={role ?? (count === 0 ? t("terminals.noMatch") : undefined)}
      loading={action.isPending}
      onClick={() => void ask()}
    >
      {t("terminals.remove", { count })}
    </ActionButton>
  );
}

function Effect({ count, names }: Pick<Props, "count" | "names">) {
  const { t } = useTranslation();
  return (
    <>
      {names.length === 0 ? (
        <p>{t("terminals.removeAll", { count })}</p>
      ) : (
        <ul className={styles.names}>
          {names.map((name, index) => (
            <li key={index}>{name}</li>
          ))}
        </ul>
      )}
      <p>{t("terminals.removeImpact", { count })}</p>
      <p>{t("terminals.removeUndo", { count })}</p>
    </>
  );
}
