// SPDX-License-Identifier: GPL-3.0-or-later
// Which pages, tabs and dialogs of the example site are looked at. Texts are matched in both languages.
import type { Page } from "playwright-core";

export interface Picture {
  name: string;
  path: string;
  /** What has to be there before. */
  ready: (page: Page) => Promise<unknown>;
  /** To be looked at, not to be kept: it shows paths of this machine, or is much like another picture. */
  isPrivate?: boolean;
}

export const heading = (page: Page) => page.getByRole("heading", { level: 1 }).waitFor();
export const row = (name: string) => (page: Page) => page.getByText(name).first().waitFor();

/** Presses a button that opens a dialog, and waits for it. */
export const dialog = (button: RegExp) => async (page: Page) => {
  await page.getByRole("button", { name: button }).first().click();
  await page.getByRole("dialog").waitFor();
};

/** The sizes of drivers and the history of terminals. */
const charts = (page: Page) => page.waitForFunction(() => document.querySelectorAll("canvas").length === 2);

const lower = async (page: Page) => {
  await charts(page);
  await page.evaluate(() => scrollTo(0, document.body.scrollHeight));
};

/** Follows the link to a terminal, and chooses a template there. */
const openTerminal = (name: string, template: string) => async (page: Page) => {
  await page.getByRole("link", { name }).click();
  await page.getByRole("heading", { name, level: 1 }).waitFor();
  await page.getByRole("combobox").click();
  await page.locator(".ant-select-item-option").filter({ hasText: template }).click();
  await page.getByRole("cell", { name: "1", exact: true }).waitFor();
};

const plan = async (page: Page) => {
  await openTerminal("3F-04", "教学模板")(page);
  await page.evaluate(() => scrollTo(0, document.body.scrollHeight));
};

const devices = async (page: Page) => {
  await page.getByRole("row").filter({ hasText: "ltnet.inf" }).first().getByRole("button").click();
  await page.getByText("PCI\\VEN_").first().waitFor();
};

const unfit = async (page: Page) => {
  await dialog(/^(关联驱动|Associate drivers): 老机房/)(page);
  await page.getByRole("dialog").getByRole("combobox").last().click();
  await page.locator(".ant-select-item-option").filter({ hasText: "触摸屏" }).waitFor();
};

/** Chooses a terminal, then all that fit. */
const all = async (page: Page) => {
  await page.getByRole("checkbox", { name: "3F-01" }).check();
  await page.getByRole("button", { name: /选中符合条件的全部|that fit/ }).click();
};

const withAll = (button: RegExp) => async (page: Page) => {
  await all(page);
  await page.getByRole("region", { name: /^(选中的终端|Selected terminals)$/ }).getByRole("button", { name: button }).click();
  await page.getByRole("dialog").waitFor();
};

const lastButton = (page: Page) => page.getByRole("tabpanel").getByRole("button").last().waitFor();

export const PICTURES: Picture[] = [
  { name: "overview", path: "/", ready: charts },
  { name: "overview-lower", path: "/", ready: lower, isPrivate: true },
  { name: "overview-week", path: "/?span=week", ready: charts, isPrivate: true },
  { name: "overview-month", path: "/?span=month", ready: charts, isPrivate: true },
  { name: "drivers", path: "/drivers", ready: row("DriverPack 21.4") },
  { name: "drivers-changes", path: "/drivers?type=extracted", ready: (page) => page.getByRole("button", { name: /^(查看更改|Show changes)$/ }).click(), isPrivate: true },
  { name: "driver", path: "/drivers/1", ready: (page) => page.getByRole("row").filter({ hasText: "ltnet.inf" }).first().waitFor() },
  { name: "driver-devices", path: "/drivers/1", ready: devices, isPrivate: true },
  { name: "driver-warnings", path: "/drivers/1", ready: (page) => page.locator("summary").first().click(), isPrivate: true },
  { name: "driver-edit", path: "/drivers/1", ready: dialog(/^(编辑|Edit)$/), isPrivate: true },
  { name: "driver-delete", path: "/drivers?type=extracted", ready: dialog(/^(删除|Delete): 联想/), isPrivate: true },
  { name: "driver-files", path: "/drivers/1?tab=files", ready: (page) => page.getByRole("link", { name: "Drivers", exact: true }).waitFor() },
  { name: "printers", path: "/printers", ready: row("HP LaserJet") },
  { name: "printer", path: "/printers/1", ready: row("SHA-256") },
  { name: "printer-local", path: "/printers", ready: dialog(/^(编辑|Edit): HP/), isPrivate: true },
  { name: "printer-shared", path: "/printers", ready: dialog(/^(编辑|Edit): 图书馆/), isPrivate: true },
  { name: "printer-network", path: "/printers", ready: dialog(/^(编辑|Edit): 教务处/), isPrivate: true },
  { name: "templates", path: "/templates", ready: row("教学模板") },
  { name: "template-add", path: "/templates", ready: dialog(/^(添加模板|Add template)$/), isPrivate: true },
  { name: "template-drivers", path: "/templates", ready: unfit, isPrivate: true },
  { name: "template-delete", path: "/templates", ready: dialog(/^(删除|Delete): 教学/), isPrivate: true },
  { name: "desktops", path: "/desktops", ready: row("教师办公") },
  { name: "desktop-add", path: "/desktops", ready: dialog(/^(创建桌面|Create desktop)$/), isPrivate: true },
  { name: "terminals", path: "/terminals", ready: row("3F-01") },
  { name: "terminals-all", path: "/terminals", ready: all, isPrivate: true },
  { name: "terminals-push", path: "/terminals", ready: withAll(/^(下发|Push)/), isPrivate: true },
  { name: "terminals-group", path: "/terminals", ready: withAll(/^(设置分组|Set the group)/), isPrivate: true },
  { name: "terminals-remove", path: "/terminals", ready: withAll(/^(移除终端|Remove terminal)/), isPrivate: true },
  { name: "terminals-none", path: "/terminals?search=none", ready: (page) => page.locator("main").getByRole("button", { name: /显示全部|Show all/ }).waitFor(), isPrivate: true },
  { name: "terminal", path: "/terminals?search=3F-04", ready: openTerminal("3F-04", "教学模板") },
  { name: "terminal-plan", path: "/terminals?search=3F-04", ready: plan, isPrivate: true },
  { name: "enrolment", path: "/terminals/enrolment", ready: row("四楼机房") },
  { name: "enrolment-new", path: "/terminals/enrolment", ready: dialog(/^(创建令牌|Create token)$/), isPrivate: true },
  { name: "versions", path: "/versions", ready: (page) => page.locator("main").getByText(/^(当前|current)$/).waitFor() },
  { name: "version", path: "/versions/3?from=1", ready: row("DriverPack") },
  { name: "version-infs", path: "/versions/3?from=1&tab=infs", ready: row("ltnet.inf"), isPrivate: true },
  { name: "version-diff", path: "/versions/3?from=1&tab=files", ready: (page) => page.getByRole("tabpanel").getByRole("row").nth(1).waitFor(), isPrivate: true },
  { name: "version-files", path: "/versions/3?tab=disk&path=%2Fsys%2Ftq", ready: row("OptiPlex") },
  { name: "jobs", path: "/jobs", ready: row("DriverPack") },
  { name: "audit", path: "/audit", ready: row("admin") },
  { name: "settings", path: "/settings", ready: row("API") },
  { name: "token-new", path: "/settings", ready: dialog(/^(创建令牌|Create token)$/), isPrivate: true },
  { name: "users", path: "/settings?tab=users", ready: row("zhang.wei") },
  { name: "user-new", path: "/settings?tab=users", ready: dialog(/^(创建用户|Create user)$/), isPrivate: true },
  { name: "updates", path: "/settings?tab=updates", ready: lastButton },
  { name: "health", path: "/settings?tab=health", ready: row("disk-worker"), isPrivate: true },
  { name: "lost", path: "/nowhere", ready: heading, isPrivate: true },
];
