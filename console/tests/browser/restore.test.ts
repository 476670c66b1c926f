// SPDX-License-Identifier: GPL-3.0-or-later
import { renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
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
  await server.import("网卡.tq", extracted());
  await server.save();
  await server.import("声卡.tq", extracted(0, 2));
  page = await signedIn(await visitor(browser), server);
  await page.goto(`${server.url}/drivers?type=extracted`);
});

afterAll(async () => {
  await browser?.close();
  await server?.stop();
});

test("a save that fails says why, and a restore completes it", async () => {
  // Where images are registered is not there any more, as on a disk that was not mounted.
  const images = join(server.dataDirectory, "images");
  renameSync(images, `${images}.aside`);
  writeFileSync(images, "");
  await page.getByRole("button", { name: "保存" }).click();
  await page.getByRole("dialog").getByRole("button", { name: "保存" }).click();
  await page.getByText("驱动中心状态异常").first().waitFor();
  await page.getByText(`无法写入映像目录 ${images}`).waitFor();
  expect(await seriousFindings(page)).toEqual([]);

  // Whichever page one looks at says so, and has the way out.
  await page.getByRole("link", { name: "概览", exact: true }).click();
  await page.getByRole("heading", { name: "概览", level: 1 }).waitFor();
  await page.getByRole("button", { name: "恢复", exact: true }).waitFor();
  expect(await seriousFindings(page)).toEqual([]);
  await page.goBack();
  await page.getByRole("heading", { name: "系统驱动", level: 1 }).waitFor();

  // What may not be done now says why, to the keyboard too.
  const drop = page.getByRole("button", { name: /将文件拖到这里/ });
  expect(await drop.getAttribute("aria-disabled")).toBe("true");
  const remove = page.getByRole("button", { name: "删除: 网卡" });
  expect(await remove.getAttribute("aria-description")).toContain("恢复");

  rmSync(images);
  renameSync(`${images}.aside`, images);
  await page.getByRole("button", { name: "恢复", exact: true }).click();
  const dialog = page.getByRole("dialog");
  await dialog.getByText("恢复驱动中心").waitFor();
  await dialog.getByText("停在“登记磁盘镜像”这一步").waitFor();
  await dialog.getByText("将要执行").waitFor();
  expect(await seriousFindings(page)).toEqual([]);
  await dialog.getByRole("button", { name: "开始恢复" }).click();
  await page.getByText("已执行").waitFor();
  await page.getByRole("dialog").getByRole("button", { name: "关闭" }).last().click();
  await page.getByRole("button", { name: "管理驱动" }).waitFor();
  await page.getByRole("link", { name: "版本 2" }).waitFor();
});

test("while the server is away the page says so, and catches up when it is back", async () => {
  await server.kill();
  await page.getByText("与服务器的连接已断开").waitFor();
  await server.launch();
  await page.getByText("与服务器的连接已断开").waitFor({ state: "detached" });
  await server.import("后来的.tq", extracted(0, 3));
  await page.getByRole("link", { name: "后来的" }).waitFor();
});
