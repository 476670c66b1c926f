// SPDX-License-Identifier: GPL-3.0-or-later
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { seriousFindings } from "../site/axe.ts";
import { openBrowser, signedIn, visitor } from "../site/browser.ts";
import { PASSWORD, Server } from "../site/server.ts";

let server: Server;
let browser: Browser;
let page: Page;
/** The page of the user that is made here. */
let own: Page;

beforeAll(async () => {
  [server, browser] = await Promise.all([Server.start(), openBrowser()]);
  await server.claim();
  page = await signedIn(await visitor(browser), server);
});

afterAll(async () => {
  await browser?.close();
  await server?.stop();
});

const row = (name: string) => page.getByRole("row").filter({ hasText: name });
/** The secret that a dialog shows, and closes it. */
async function secretOf(dialog = page.getByRole("dialog")): Promise<string> {
  const text = (await dialog.locator("code").textContent()) ?? "";
  await dialog.getByRole("button", { name: "关闭" }).last().click();
  await dialog.waitFor({ state: "hidden" });
  return text.trim();
}

async function signIn(where: Page, password: string): Promise<void> {
  await where.getByLabel("用户名").fill("li.na");
  await where.getByLabel("密码", { exact: true }).fill(password);
  await where.getByRole("button", { name: "登录" }).click();
}

async function choosePassword(where: Page, present?: string): Promise<void> {
  if (present) await where.getByLabel("当前密码").fill(present);
  await where.getByLabel("新密码", { exact: true }).fill(PASSWORD);
  await where.getByLabel("再次输入新密码").fill(PASSWORD);
  await where.getByRole("button", { name: "设置并继续" }).click();
}

test("a user is made, and the one-time password is shown this once", async () => {
  await page.goto(`${server.url}/settings?tab=users`);
  await page.getByRole("button", { name: "创建用户" }).click();
  const dialog = page.getByRole("dialog");
  await dialog.getByLabel("用户名").fill("admin");
  await dialog.getByRole("button", { name: "创建用户" }).click();
  await dialog.getByRole("alert").waitFor();
  await dialog.getByLabel("用户名").fill("li.na");
  await dialog.getByRole("button", { name: "创建用户" }).click();
  await dialog.getByText("用户 li.na 已创建").waitFor();
  expect(await seriousFindings(page)).toEqual([]);
  const password = await secretOf();
  await row("li.na").getByText("待首次登录").waitFor();
  expect(await page.content()).not.toContain(password);

  own = await (await visitor(browser)).newPage();
  await own.goto(`${server.url}/terminals`);
  await signIn(own, password);
  await own.getByRole("heading", { name: "设置新密码" }).waitFor();
  await choosePassword(own);
  await own.getByRole("heading", { name: "终端", level: 1 }).waitFor();
  await page.reload();
  await row("li.na").getByText("正常").waitFor();
});

test("another role holds at once, and one's own cannot be changed", async () => {
  await own.goto(`${server.url}/drivers`);
  await own.getByRole("button", { name: "管理驱动" }).and(own.locator(":not([aria-disabled])")).waitFor();
  await row("li.na").getByRole("combobox").click();
  await page.locator(".ant-select-item-option").filter({ hasText: "只读用户" }).click();
  await page.getByText("li.na 现在是").waitFor();
  await own.getByRole("button", { name: "管理驱动" }).and(own.locator("[aria-disabled]")).waitFor();
  expect(await page.getByRole("button", { name: "停用: admin" }).getAttribute("aria-description")).toContain("不能");
  expect(await seriousFindings(page)).toEqual([]);
});

test("a closed account is out at once, and comes back with a new password", async () => {
  await page.getByRole("button", { name: "停用: li.na" }).click();
  await page.getByRole("dialog").getByRole("button", { name: "停用" }).click();
  await row("li.na").getByText("已停用").waitFor();
  await own.getByRole("heading", { name: "登录" }).waitFor();
  await signIn(own, PASSWORD);
  await own.getByText("该账户已停用").waitFor();

  await page.getByRole("button", { name: "启用: li.na" }).click();
  await row("li.na").getByText("正常").waitFor();
  await page.getByRole("button", { name: "重置密码: li.na" }).click();
  await page.getByRole("dialog").getByRole("button", { name: "重置密码" }).click();
  const dialog = page.getByRole("dialog").filter({ hasText: "li.na 的新密码" });
  await dialog.waitFor();
  const password = await secretOf(dialog);
  await signIn(own, password);
  // A page that was reloaded does not know the password any more.
  await own.getByRole("heading", { name: "设置新密码" }).waitFor();
  await own.reload();
  await choosePassword(own, "not the password");
  await own.getByText("当前密码错误").waitFor();
  await choosePassword(own, password);
  await own.getByRole("heading", { name: "系统驱动", level: 1 }).waitFor();
});

test("an API token is shown once, works, and is worth nothing after it was withdrawn", async () => {
  const asks = async (token: string) =>
    (await fetch(`${server.url}/api/v1/status`, { headers: { authorization: `Bearer ${token}` } })).status;
  await page.goto(`${server.url}/settings`);
  await page.getByRole("button", { name: "创建令牌" }).click();
  const dialog = page.getByRole("dialog");
  await dialog.getByRole("button", { name: "创建令牌" }).click();
  await dialog.getByText("请填写此项").waitFor();
  await dialog.getByLabel("用途").fill("夜间导入");
  await dialog.getByLabel("有效天数").fill("30");
  await dialog.getByRole("button", { name: "创建令牌" }).click();
  await dialog.getByText("令牌只显示这一次").waitFor();
  expect(await seriousFindings(page)).toEqual([]);
  const token = await secretOf();
  expect(await asks(token)).toBe(200);
  await row("夜间导入").waitFor();
  expect(await page.content()).not.toContain(token);
  await page.reload();
  await row("夜间导入").waitFor();
  expect(await page.content()).not.toContain(token);

  await page.getByRole("button", { name: "吊销: 夜间导入" }).click();
  await page.getByRole("dialog").getByRole("button", { name: "吊销" }).click();
  await row("夜间导入").waitFor({ state: "detached" });
  expect(await asks(token)).toBe(401);
});
