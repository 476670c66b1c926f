// SPDX-License-Identifier: GPL-3.0-or-later
import type { Browser, BrowserContext, Page } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { extracted, universal } from "../site/archives.ts";
import { seriousFindings } from "../site/axe.ts";
import { openBrowser, signedIn, visitor } from "../site/browser.ts";
import { CuttingProxy } from "../site/cutting-proxy.ts";
import { Server, Terminal } from "../site/server.ts";

const MIB = 1024 * 1024;

let server: Server;
let browser: Browser;
let proxy: CuttingProxy;
let context: BrowserContext;
let page: Page;

beforeAll(async () => {
  [server, browser] = await Promise.all([Server.start(), openBrowser()]);
  await server.claim();
  proxy = await CuttingProxy.to(server.port);
  context = await visitor(browser);
  page = await signedIn(context, server, proxy.url);
});

afterAll(async () => {
  await browser?.close();
  proxy?.stop();
  await server?.stop();
});

const choose = (...files: string[]) => page.locator("input[type=file][multiple]").setInputFiles(files);

test("an ISO is imported although the connection is cut on the way", async () => {
  await page.getByRole("link", { name: "系统驱动", exact: true }).click();
  await page.getByText("还没有万能驱动").waitFor();
  proxy.cutAfterBytes = 8 * MIB;
  await choose(server.file("万能驱动.iso", universal(24 * MIB)));

  const uploads = page.getByRole("region", { name: "上传" });
  await uploads.getByText("已导入").waitFor();
  expect(proxy.cuts).toBe(1);
  await page.getByRole("link", { name: "万能驱动", exact: true }).waitFor();
  await page.getByText("1 项更改待保存").waitFor();
  expect(await seriousFindings(page)).toEqual([]);
});

test("a file that is no driver is refused in words, and several are taken at once", async () => {
  await choose(
    server.file("notes.tq", Buffer.from("not an archive".repeat(100))),
    server.file("特殊设备.tq", extracted()),
  );
  const uploads = page.getByRole("region", { name: "上传" });
  await uploads.getByText("不是一个可接受的文件类型").waitFor();
  await uploads.getByRole("listitem").filter({ hasText: "特殊设备" }).getByText("已导入").waitFor();
  await page.getByRole("tab", { name: /提取驱动/ }).click();
  await page.getByRole("link", { name: "特殊设备" }).waitFor();
  expect(new URL(page.url()).searchParams.get("type")).toBe("extracted");
  await page.getByRole("button", { name: "清除已完成" }).click();
});

test("the dialog shows what is about to be saved, and the save is followed to its end", async () => {
  await page.getByRole("button", { name: "保存" }).click();
  const dialog = page.getByRole("dialog");
  await dialog.getByText("保存为版本 1").waitFor();
  await dialog.getByText("万能驱动").waitFor();
  await dialog.getByText("特殊设备").waitFor();
  expect(await seriousFindings(page)).toEqual([]);
  await dialog.getByLabel("说明").fill("第一批驱动");
  await dialog.getByRole("button", { name: "保存" }).click();
  await page.getByText("版本 1 已发布").waitFor();
  await page.getByRole("link", { name: "版本 1" }).click();
  await page.getByText("第一批驱动").waitFor();
});

test("a terminal becomes identical while the page shows it", async () => {
  await page.getByRole("link", { name: "终端", exact: true }).click();
  await page.getByText("还没有终端").waitFor();
  const terminal = new Terminal(server, "t1");
  await terminal.enrol(server, "机房-01");
  const row = page.getByRole("row").filter({ hasText: "机房-01" });
  await row.waitFor();
  terminal.run("sync");
  await row.getByText("一致", { exact: true }).waitFor();
  await row.getByRole("checkbox").check();
  await page.getByRole("button", { name: "设置分组" }).click();
  await page.getByRole("dialog").getByRole("combobox").fill("三楼");
  await page.getByRole("dialog").getByRole("button", { name: "保存" }).click();
  await row.getByText("三楼").waitFor();
  expect(await seriousFindings(page)).toEqual([]);
});

test("a package opens to its INF files, their devices and its files", async () => {
  await page.goto(`${proxy.url}/drivers`);
  await page.getByRole("link", { name: "万能驱动", exact: true }).click();
  await page.getByRole("heading", { name: "万能驱动", level: 1 }).waitFor();
  await page.getByRole("row").filter({ hasText: "ltnet.inf" }).getByRole("button").click();
  await page.getByText("PCI\\VEN_").first().waitFor();
  expect(await seriousFindings(page)).toEqual([]);
  await page.getByRole("tab", { name: "文件", exact: true }).click();
  await page.getByRole("link", { name: "Drivers" }).click();
  await page.getByText("payload.sys").waitFor();
  expect(await seriousFindings(page)).toEqual([]);
  // The address says all of it.
  await page.reload();
  await page.getByText("payload.sys").waitFor();
});

test("editing and deleting say what they do, and discarding brings it back", async () => {
  await page.goto(`${proxy.url}/drivers?type=extracted`);
  await page.getByRole("button", { name: "编辑: 特殊设备" }).click();
  await page.getByLabel("描述", { exact: true }).fill("三楼机房的扫描仪");
  await page.getByRole("dialog").getByRole("button", { name: "保存" }).click();
  await page.getByText("三楼机房的扫描仪").waitFor();

  await page.getByRole("button", { name: "删除: 特殊设备" }).click();
  const dialog = page.getByRole("dialog");
  await dialog.getByText("将从所有终端的工具盘中移除").waitFor();
  await dialog.getByRole("button", { name: "删除" }).click();
  await page.getByText("还没有提取驱动").waitFor();

  await page.getByRole("button", { name: "放弃" }).click();
  await page.getByRole("dialog").getByRole("button", { name: "放弃更改" }).click();
  await page.getByRole("link", { name: "特殊设备" }).waitFor();
  await page.getByRole("button", { name: "管理驱动" }).waitFor();
});
