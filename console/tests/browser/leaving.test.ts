// SPDX-License-Identifier: GPL-3.0-or-later
// What stays of a page, of a session and of a server that went away: nothing that it should not.
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { extracted } from "../site/archives.ts";
import { openBrowser, signedIn, visitor } from "../site/browser.ts";
import { PASSWORD, Server } from "../site/server.ts";

let server: Server;
let browser: Browser;
let page: Page;

beforeAll(async () => {
  [server, browser] = await Promise.all([Server.start(), openBrowser()]);
  await server.claim();
  await server.addUser("li.na", "viewer");
  await server.import("网卡.tq", extracted());
  page = await signedIn(await visitor(browser), server);
});

afterAll(async () => {
  await browser?.close();
  await server?.stop();
});

const link = (name: string) => page.getByRole("link", { name, exact: true });

async function signIn(name: string): Promise<void> {
  await page.getByLabel("用户名").fill(name);
  await page.getByLabel("密码", { exact: true }).fill(PASSWORD);
  await page.getByRole("button", { name: "登录" }).click();
}

test("a question goes with the page that it came from", async () => {
  await link("版本").click();
  await link("系统驱动").click();
  await page.getByRole("tab", { name: /提取驱动/ }).click();
  await page.getByRole("button", { name: "删除: 网卡" }).click();
  await page.getByRole("dialog").waitFor();
  await page.evaluate(() => history.go(-2));
  await page.getByRole("heading", { name: "版本", level: 1 }).waitFor();
  await page.getByRole("dialog").waitFor({ state: "detached" });
});

test("a secret goes with the session", async () => {
  await page.goto(`${server.url}/settings?tab=users`);
  await page.getByRole("button", { name: "重置密码: li.na" }).click();
  await page.getByRole("dialog").getByRole("button", { name: "重置密码" }).click();
  const shown = page.getByRole("dialog").filter({ hasText: "li.na 的新密码" }).locator("code").first();
  const secret = await shown.innerText();
  expect(secret.length).toBeGreaterThan(10);
  await page.evaluate(() => fetch("/api/v1/session", { method: "DELETE" }));
  await page.getByRole("heading", { name: "登录" }).waitFor();
  await expect.poll(() => page.content()).not.toContain(secret);
  await server.call("POST", "/api/v1/login", { name: "li.na", password: secret, new_password: PASSWORD, token_name: "tests" });
  await signIn("admin");
  await page.getByRole("heading", { name: "设置", level: 1 }).waitFor();
});

test("whoever signs in next sees no uploads of the one before", async () => {
  await link("系统驱动").click();
  const file = server.file("notes.tq", Buffer.from("not an archive".repeat(99)));
  await page.locator("input[type=file][multiple]").setInputFiles(file);
  const uploads = page.getByRole("region", { name: "上传" });
  await uploads.getByText("不是一个可接受的文件类型").waitFor();
  await page.getByRole("button", { name: "admin" }).click();
  await page.getByRole("menuitem", { name: "退出登录" }).click();
  await signIn("li.na");
  await page.getByRole("heading", { name: "系统驱动", level: 1 }).waitFor();
  await uploads.waitFor({ state: "detached" });
});

test("a page that could not be loaded while the server was away is loaded when it is back", async () => {
  await server.kill();
  await page.getByText("与服务器的连接已断开").waitFor();
  await link("模板").click();
  await page.getByText("无法连接服务器").waitFor();
  await server.launch();
  await page.getByRole("heading", { name: "模板", level: 1 }).waitFor();
});
