// SPDX-License-Identifier: GPL-3.0-or-later
import { getRouteApi } from "@tanstack/react-router";
import { Tabs } from "antd";
import { useTranslation } from "react-i18next";
import { useAllowed } from "../../api/role";
import { PageHead } from "../../components/page-head";
import { AccountTab } from "./account-tab";
import { HealthTab } from "./health-tab";
import { UpdatesTab } from "./updates-tab";
import { UsersTab } from "./users-tab";

const route = getRouteApi("/settings");

/** The user's own affairs, and the rules of updates; for administrators, users and the health of the server too. */
export function SettingsPage() {
  const { t } = useTranslation();
  const { tab = "account" } = route.useSearch();
  const navigate = route.useNavigate();
  const isAdministrator = useAllowed("administrator");
  const own = [
    { key: "account", label: t("settings.account"), children: <AccountTab /> },
    { key: "updates", label: t("settings.updates"), children: <UpdatesTab /> },
  ];
  const others = [
    { key: "users", label: t("settings.users"), children: <UsersTab /> },
    { key: "health", label: t("settings.health"), children: <HealthTab /> },
  ];
  return (
    <>
      <PageHead title={t("settings.title")} />
      <Tabs
        activeKey={isAdministrator || tab === "updates" ? tab : "account"}
        items={isAdministrator ? [...own, ...others] : own}
        destroyOnHidden
        onChange={(key) => void navigate({ search: { tab: key as typeof tab } })}
      />
    </>
  );
}
