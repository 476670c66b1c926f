// SPDX-License-Identifier: GPL-3.0-or-later
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { extracted } from "../site/archives.ts";
import { seriousFindings } from "../site/axe.ts";
import { openBrowser, signedIn, visitor } from "../site/browser.ts";
import { Server } from "../site/server.ts";

let server: Server;
let browser: Browser;
let page: Page;

beforeAll(async () => {
  [server, browser] = await Promise.all([Server.start(), openBrowser()]);
  await server.claim();
  const old = await server.import("声卡.tq", extracted());
  await server.save("两种机型");
  await server.import("网卡.tq", extracted(0, 2));
  await server.call("POST", "/thor/voi/driver", { action: "delete", ids: [old] });
  await server.save("换机型");
  page = await signedIn(await visitor(browser), server);
});

afterAll(async () => {
  await browser?.close();
  await server?.stop();
});

test("a version is compared with the one before: drivers, INF files, files", async () => {
  await page.goto(`${server.url}/versions`);
  await page.getByRole("main").getByRole("link", { name: "版本 2" }).click();
  await page.getByRole("heading", { name: "版本 2", level: 1 }).waitFor();
  await page.getByRole("row").filter({ hasText: "网卡" }).getByText("新增").waitFor();
  await page.getByRole("row").filter({ hasText: "声卡" }).getByText("移除").waitFor();
  expect(await seriousFindings(page)).toEqual([]);
  await page.getByRole("tab", { name: /^INF 文件/ }).click();
  await page.getByRole("row").filter({ hasText: "ltnet.inf" }).first().waitFor();
  await page.getByRole("tab", { name: "文件差异" }).click();
  await page.getByText(/新增 \d+ 个，修改/).waitFor();
  expect(await seriousFindings(page)).toEqual([]);
});

test("the files of an older version can be browsed and downloaded", async () => {
  await page.goto(`${server.url}/versions/1?tab=disk`);
  for (const directory of ["sys", "tq", "声卡", "Drivers", "audio-languages"]) {
    await page.getByRole("link", { name: directory, exact: true }).click();
  }
  const link = page.getByRole("link", { name: "下载: ltaudio.inf", exact: true });
  await link.waitFor();
  expect(await seriousFindings(page)).toEqual([]);
  const download = page.waitForEvent("download");
  await link.click();
  expect((await download).suggestedFilename()).toBe("ltaudio.inf");
  await page.goBack();
  await page.getByRole("link", { name: "net-gbk", exact: true }).waitFor();
});

test("a rollback says what it changes and makes a new version, list of drivers included", async () => {
  await page.goto(`${server.url}/versions`);
  await page.getByRole("button", { name: "回滚到此版本: 1" }).click();
  const dialog = page.getByRole("dialog");
  await dialog.getByText("声卡").waitFor();
  await dialog.getByText("回滚会产生一个新版本").waitFor();
  expect(await seriousFindings(page)).toEqual([]);
  await dialog.getByRole("button", { name: "回滚", exact: true }).click();
  await page.getByText(/^版本 \d+ 已发布$/).waitFor();
  await page.getByText("回到版本 1 的内容").waitFor();
  await page.getByRole("link", { name: "系统驱动", exact: true }).click();
  await page.getByRole("tab", { name: /提取驱动/ }).click();
  await page.getByRole("link", { name: "声卡", exact: true }).waitFor();
  expect(await page.getByRole("link", { name: "网卡", exact: true }).count()).toBe(0);
});
