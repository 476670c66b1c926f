// SPDX-License-Identifier: GPL-3.0-or-later
import { SendOutlined } from "@ant-design/icons";
import { useQuery } from "@tanstack/react-query";
import { App } from "antd";
import { useTranslation } from "react-i18next";
import { useRoleReason } from "../../api/role";
import { statusQuery } from "../../api/status";
import { push, type Targets } from "../../api/terminals";
import { useAction } from "../../api/use-action";
import { ActionButton } from "../../components/action-button";

interface Props {
  targets: Targets;
  /** How many that are. */
  count: number;
  /** What the button says. */
  label: string;
  /** Name of the one terminal of a row, where all buttons say the same. */
  name?: string;
  done?: () => void;
}

/** 下发: tells terminals to take the current version. */
export function PushButton({ targets, count, label, name, done }: Props) {
  const { t } = useTranslation();
  const { message, modal } = App.useApp();
  const { data: status } = useQuery(statusQuery);
  const role = useRoleReason("operator");
  const missing = status?.version === 0 ? t("terminals.pushNoVersion") : count === 0 ? t("terminals.pushNone") : undefined;
  const action = useAction(push, {
    refresh: ["terminals"],
    done: ({ terminals }) => {
      void message.success(t("terminals.pushDone", { count: terminals }));
      done?.();
    },
  });
  const ask = () =>
    modal.confirm({
      title: t("terminals.pushTitle", { count, version: status?.version ?? 0 }),
      content: t("terminals.pushText"),
      okText: t("terminals.push"),
      onOk: () => action.mutateAsync(targets).catch(() => undefined),
    });
  const isWord = name !== undefined;
  return (
    <ActionButton
      type={isWord ? "link" : "primary"}
      size={isWord ? "small" : "middle"}
      icon={isWord ? undefined : <SendOutlined aria-hidden="true" />}
      reason={role ?? missing}
      loading={action.isPending}
      aria-label={isWord ? `${label}: ${name}` : undefined}
      onClick={() => void ask()}
    >
      {label}
    </ActionButton>
  );
}
