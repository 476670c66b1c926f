// SPDX-License-Identifier: GPL-3.0-or-later
import { DesktopOutlined, MoonOutlined, SunOutlined } from "@ant-design/icons";
import { Button, Dropdown } from "antd";
import { useTranslation } from "react-i18next";
import { type Appearance, choose, useAppearance, useShade } from "../look/theme";

/** Light, dark, or like the system. */
export function AppearanceMenu() {
  const { t } = useTranslation();
  const appearance = useAppearance();
  const shade = useShade();
  const items = [
    { key: "light", icon: <SunOutlined aria-hidden="true" />, label: t("app.light") },
    { key: "dark", icon: <MoonOutlined aria-hidden="true" />, label: t("app.dark") },
    { key: "system", icon: <DesktopOutlined aria-hidden="true" />, label: t("app.system") },
  ];
  const menu = { items, selectedKeys: [appearance], onClick: ({ key }: { key: string }) => choose(key as Appearance) };
  return (
    <Dropdown menu={menu} trigger={["click"]}>
      <Button type="text" aria-label={t("app.theme")} icon={shade === "dark" ? <MoonOutlined aria-hidden="true" /> : <SunOutlined aria-hidden="true" />} />
    </Dropdown>
  );
}
