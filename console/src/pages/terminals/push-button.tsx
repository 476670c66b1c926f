// SPDX-License-Identifier: GPL-3.0-or-later
import { SendOutlined } from "@ant-design/icons";
import { useQuery } from "@tanstack/react-query";
import { App } from "antd";
import { useTranslation } from "react-i18next";
import { useRoleReason } from "../../api/role";
import { statusQuery } from "../../api/status";
import { push } from "../../api/terminals";
import { useAction } from "../../api/use-action";
import { ActionButton } from "../../components/action-button";

interface Props {
  targets: string[];
  /** Whether the user has chosen the targets; otherwise they are all that are not identical. */
  isSelection?: boolean;
  /** Name of the one terminal of a row. */
  name?: string;
  /** With a frame, for a page about that one. */
  isLarge?: boolean;
  done?: () => void;
}

/** 下发: tells terminals to take the current version. */
export function PushButton({ targets, isSelection, name, isLarge, done }: Props) {
  const { t } = useTranslation();
  const { message, modal } = App.useApp();
  const { data: status } = useQuery(statusQuery);
  const role = useRoleReason("operator");
  const count = targets.length;
  const missing = status?.version === 0 ? t("terminals.pushNoVersion") : count === 0 ? t("terminals.pushNone") : undefined;
  const action = useAction(push, {
    refresh: ["terminals"],
    done: () => {
      void message.success(t("terminals.pushDone", { count }));
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
  const label = () => {
    if (name !== undefined || count === 0) return t("terminals.push");
    return t(isSelection ? "terminals.pushSelected" : "terminals.pushBehind", { count });
  };
  const isWord = name !== undefined && !isLarge;
  return (
    <ActionButton
      type={isWord ? "link" : "primary"}
      size={isWord ? "small" : "middle"}
      icon={isWord ? undefined : <SendOutlined aria-hidden="true" />}
      reason={role ?? missing}
      loading={action.isPending}
      aria-label={name === undefined ? undefined : `${t("terminals.push")}: ${name}`}
      onClick={() => void ask()}
    >
      {label()}
    </ActionButton>
  );
}
