// SPDX-License-Identifier: GPL-3.0-or-later
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { printer } from "../site/archives.ts";
import { seriousFindings } from "../site/axe.ts";
import { openBrowser, signedIn, visitor } from "../site/browser.ts";
import { Server } from "../site/server.ts";

let server: Server;
let browser: Browser;
let page: Page;

beforeAll(async () => {
  [server, browser] = await Promise.all([Server.start(), openBrowser()]);
  await server.claim();
  page = await signedIn(await visitor(browser), server);
});

afterAll(async () => {
  await browser?.close();
  await server?.stop();
});

interface Row {
  name: string;
  type: number;
  ip: string;
  share: string;
  port: string;
  protocol: string | null;
  has_password: boolean;
}

const printers = async () => (await server.call<{ result: Row[] }>("GET", "/thor/voi/printer")).result;

test("a printer driver is imported, copied, and the copy is set as a network printer", async () => {
  await page.getByRole("link", { name: "打印机驱动", exact: true }).click();
  await page.getByText("还没有打印机驱动").waitFor();
  await page.locator("input[type=file][multiple]").setInputFiles(server.file("激光打印机.zip", printer()));
  await page.getByRole("link", { name: "激光打印机", exact: true }).waitFor();
  await page.getByRole("button", { name: "清除已完成" }).click();

  await page.getByRole("button", { name: "复制: 激光打印机" }).click();
  const dialog = page.getByRole("dialog");
  await dialog.getByText("可在下面改成另一台打印机的配置").waitFor();
  expect(await seriousFindings(page)).toEqual([]);
  await dialog.getByLabel("名称").fill("教务处");
  await dialog.getByText("网络", { exact: true }).click();
  await dialog.getByRole("button", { name: "保存" }).click();
  await dialog.getByText("请填写此项").waitFor();
  await dialog.getByLabel("打印机地址").fill("10.20.3.8");
  // The name of a local port is no port of a network printer.
  expect(await dialog.getByLabel("端口").inputValue()).toBe("");
  await dialog.getByLabel("端口").fill("9101");
  await dialog.getByRole("button", { name: "保存" }).click();
  await page.getByText("RAW 10.20.3.8:9101").waitFor();
  const made = (await printers()).find(({ name }) => name === "教务处");
  expect(made).toMatchObject({ type: 3, ip: "10.20.3.8", port: "9101", protocol: "RAW" });
  expect(await seriousFindings(page)).toEqual([]);
});

test("a shared printer keeps its password when it is edited without one", async () => {
  await page.getByRole("button", { name: "编辑: 教务处" }).click();
  const dialog = page.getByRole("dialog");
  await dialog.getByText("共享", { exact: true }).click();
  await dialog.getByLabel("共享主机").fill("office-pc");
  await dialog.getByLabel("共享名").fill("laser");
  await dialog.getByLabel("账户").fill("print");
  await dialog.getByLabel("密码", { exact: true }).fill("s3cret word");
  await dialog.getByRole("button", { name: "保存" }).click();
  await page.getByText("\\\\office-pc\\laser").waitFor();

  await page.getByRole("link", { name: "教务处", exact: true }).click();
  await page.getByRole("heading", { name: "教务处", level: 1 }).waitFor();
  expect(await seriousFindings(page)).toEqual([]);
  await page.getByRole("button", { name: "编辑", exact: true }).click();
  await page.getByRole("dialog").getByText("已保存密码").waitFor();
  await page.getByRole("dialog").getByLabel("描述").fill("教务处门口");
  await page.getByRole("dialog").getByRole("button", { name: "保存" }).click();
  await page.getByText("教务处门口").waitFor();
  const row = (await printers()).find(({ name }) => name === "教务处");
  expect(row).toMatchObject({ share: "laser", has_password: true });

  // Another host gets the password only from somebody who knows it.
  await page.getByRole("button", { name: "编辑", exact: true }).click();
  await page.getByRole("dialog").getByLabel("共享主机").fill("other-pc");
  await page.getByRole("dialog").getByRole("button", { name: "保存" }).click();
  await page.getByRole("dialog").getByText("请重新输入密码").waitFor();
});
