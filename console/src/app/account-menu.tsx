// SPDX-License-Identifier: GPL-3.0-or-later
import { DownOutlined, LogoutOutlined, UserOutlined } from "@ant-design/icons";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { Button, Dropdown } from "antd";
import { useTranslation } from "react-i18next";
import { roleOf } from "../api/role";
import { sessionQuery, signOut } from "../api/session";
import { useAction } from "../api/use-action";

/** Who is signed in, and the way out. */
export function AccountMenu() {
  const { t } = useTranslation();
  const queries = useQueryClient();
  const navigate = useNavigate();
  const { data: who } = useQuery(sessionQuery);
  const leave = useAction(signOut, { done: () => queries.setQueryData(sessionQuery.queryKey, null) });
  if (!who) return null;
  const role = roleOf(who.role);
  const items = [
    { key: "role", label: role ? t(`role.${role}`) : who.role, type: "group" as const },
    { key: "account", icon: <UserOutlined aria-hidden="true" />, label: t("app.account") },
    { key: "out", icon: <LogoutOutlined aria-hidden="true" />, label: t("app.signOut") },
  ];
  const onClick = ({ key }: { key: string }) =>
    key === "out" ? leave.mutate(undefined) : void navigate({ to: "/settings", search: { tab: "account" } });
  return (
    <Dropdown menu={{ items, onClick }} trigger={["click"]}>
      <Button type="text">
        {who.name} <DownOutlined style={{ fontSize: 10 }} aria-hidden="true" />
      </Button>
    </Dropdown>
  );
}
