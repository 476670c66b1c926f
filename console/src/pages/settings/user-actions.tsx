// SPDX-License-Identifier: GPL-3.0-or-later
import { Alert, App } from "antd";
import { useTranslation } from "react-i18next";
import { changeUser, resetPassword, type User } from "../../api/accounts";
import { useAction } from "../../api/use-action";
import { ActionButton } from "../../components/action-button";
import cell from "../../components/cell.module.css";
import { Secret } from "../../components/secret";

/** Closes and opens an account, and gives it a new one-time password. */
export function UserActions({ user, isSelf }: { user: User; isSelf: boolean }) {
  return (
    <span className={cell.words}>
      <Reset user={user} isSelf={isSelf} />
      {user.disabled_at ? <Reopen user={user} /> : <Close user={user} isSelf={isSelf} />}
    </span>
  );
}

function Reset({ user, isSelf }: { user: User; isSelf: boolean }) {
  const { t } = useTranslation();
  const { modal } = App.useApp();
  const { name } = user;
  const action = useAction(resetPassword, {
    refresh: ["users"],
    done: ({ password }) =>
      void modal.info({
        width: 520,
        title: t("settings.userResetDone", { name }),
        okText: t("common.close"),
        content: <OneTime password={password} />,
      }),
  });
  const ask = () =>
    modal.confirm({
      title: t("settings.userResetTitle", { name }),
      content: t("settings.userResetText"),
      okText: t("settings.userReset"),
      okButtonProps: { danger: true },
      onOk: () => action.mutateAsync(user.id).catch(() => undefined),
    });
  return (
    <ActionButton
      type="link"
      size="small"
      reason={isSelf ? t("settings.userSelf") : undefined}
      aria-label={`${t("settings.userReset")}: ${name}`}
      onClick={() => void ask()}
    >
      {t("settings.userReset")}
    </ActionButton>
  );
}

/** A one-time password, with what to do with it. */
function OneTime({ password }: { password: string }) {
  const { t } = useTranslation();
  return (
    <>
      <Alert type="warning" showIcon title={t("settings.oneTimeOnce")} />
      <Secret label={t("settings.oneTime")} text={password} />
    </>
  );
}

function Close({ user, isSelf }: { user: User; isSelf: boolean }) {
  const { t } = useTranslation();
  const { modal } = App.useApp();
  const action = useAction((disabled: boolean) => changeUser(user.id, { disabled }), { refresh: ["users"] });
  const ask = () =>
    modal.confirm({
      title: t("settings.userCloseTitle", { name: user.name }),
      content: t("settings.userCloseText"),
      okText: t("settings.userClose"),
      okButtonProps: { danger: true },
      onOk: () => action.mutateAsync(true).catch(() => undefined),
    });
  return (
    <ActionButton
      type="link"
      size="small"
      danger
      reason={isSelf ? t("settings.userSelf") : undefined}
      aria-label={`${t("settings.userClose")}: ${user.name}`}
      onClick={() => void ask()}
    >
      {t("settings.userClose")}
    </ActionButton>
  );
}

function Reopen({ user }: { user: User }) {
  const { t } = useTranslation();
  const action = useAction(() => changeUser(user.id, { disabled: false }), { refresh: ["users"] });
  return (
    <ActionButton
      type="link"
      size="small"
      loading={action.isPending}
      aria-label={`${t("settings.userReopen")}: ${user.name}`}
      onClick={() => action.mutate()}
    >
      {t("settings.userReopen")}
    </ActionButton>
  );
}
