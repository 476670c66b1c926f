// SPDX-License-Identifier: GPL-3.0-or-later
import { PlusOutlined } from "@ant-design/icons";
import { useQuery } from "@tanstack/react-query";
import { App, Button, Select, type TableColumnsType, Tooltip } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { changeUser, type User, usersQuery } from "../../api/accounts";
import { type Role, roleOf } from "../../api/role";
import { sessionQuery } from "../../api/session";
import { useAction } from "../../api/use-action";
import { Badge } from "../../components/badge";
import { Grid } from "../../components/grid";
import { Loaded } from "../../components/loaded";
import { Panel } from "../../components/panel";
import { When } from "../../components/when";
import { UserActions } from "./user-actions";
import { UserDialog } from "./user-dialog";

const ROLES = ["viewer", "operator", "administrator"] as const;

/** Who may sign in, and as what. */
export function UsersTab() {
  const { t } = useTranslation();
  const users = useQuery(usersQuery);
  const { data: who } = useQuery(sessionQuery);
  const [isOpen, setOpen] = useState(false);
  const isSelf = (user: User) => user.name === who?.name;
  const columns: TableColumnsType<User> = [
    { title: t("settings.userName"), dataIndex: "name", width: 120 },
    { title: t("settings.role"), dataIndex: "role", width: 170, render: (_, user) => <RoleChoice user={user} isSelf={isSelf(user)} /> },
    { title: t("common.state"), key: "state", width: 120, render: (_, user) => <State user={user} /> },
    { title: t("settings.created"), dataIndex: "created_at", width: 120, responsive: ["lg"], render: (at: string) => <When at={at} /> },
    { title: t("common.actions"), key: "actions", width: 160, render: (_, user) => <UserActions user={user} isSelf={isSelf(user)} /> },
  ];
  const create = (
    <Button type="primary" icon={<PlusOutlined aria-hidden="true" />} onClick={() => setOpen(true)}>
      {t("settings.userCreate")}
    </Button>
  );
  return (
    <Panel title={t("settings.users")} extra={create} flush>
      <Loaded query={users}>
        {(rows) => (
          <Grid<User>
            rowKey="id"
            columns={columns}
            dataSource={rows}
            pagination={{ defaultPageSize: 50 }}
          />
        )}
      </Loaded>
      <UserDialog isOpen={isOpen} close={() => setOpen(false)} />
    </Panel>
  );
}

function State({ user }: { user: User }) {
  const { t } = useTranslation();
  if (user.disabled_at) return <Badge tone="mute">{t("settings.userClosed")}</Badge>;
  if (user.must_change_password) return <Badge tone="warn">{t("settings.userFirst")}</Badge>;
  return <Badge tone="good">{t("settings.userOpen")}</Badge>;
}

function RoleChoice({ user, isSelf }: { user: User; isSelf: boolean }) {
  const { t } = useTranslation();
  const { message } = App.useApp();
  const action = useAction((role: Role) => changeUser(user.id, { role }), {
    refresh: ["users"],
    done: (_, role) => void message.success(t("settings.roleDone", { name: user.name, role: t(`role.${role}`) })),
  });
  const choice = (
    <Select
      aria-label={`${t("settings.role")}: ${user.name}`}
      value={roleOf(user.role)}
      disabled={isSelf}
      loading={action.isPending}
      style={{ width: 150 }}
      popupMatchSelectWidth={false}
      options={ROLES.map((role) => ({ value: role, label: t(`role.${role}`), title: t(`settings.roleHint.${role}`) }))}
      onChange={(role: Role) => action.mutate(role)}
    />
  );
  return isSelf ? <Tooltip title={t("settings.userSelf")}>{choice}</Tooltip> : choice;
}
