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
  page = await signedIn(await visitor(browser), server);
});

afterAll(async () => {
  await browser?.close();
  await server?.stop();
});

const row = (text: string) => page.getByRole("row").filter({ hasText: text });

test("jobs say what they did, and why those failed that did", async () => {
  await page.getByRole("link", { name: "任务", exact: true }).click();
  await page.getByText("还没有任务").waitFor();
  await server.import("网卡.tq", extracted());
  await server.import("记录.tq", Buffer.from("not an archive".repeat(100))).catch(() => undefined);
  // The page follows by itself.
  await row("网卡").getByText("成功").waitFor();
  await row("记录").getByText("不是一个可接受的文件类型").waitFor();
  expect(await seriousFindings(page)).toEqual([]);
  await page.getByText("失败", { exact: true }).first().click();
  await row("网卡").waitFor({ state: "detached" });
  expect(new URL(page.url()).searchParams.get("state")).toBe("failed");
  await page.reload();
  await row("记录").waitFor();
  expect(await row("网卡").count()).toBe(0);
  await page.getByText("进行中", { exact: true }).first().click();
  await page.getByText("没有符合条件的任务").waitFor();
  await page.getByText("全部", { exact: true }).click();
  await row("网卡").getByRole("link", { name: "网卡" }).click();
  await page.getByRole("heading", { name: "网卡", level: 1 }).waitFor();
});

test("a running job is cancelled, and undoes what it has done", async () => {
  await page.getByRole("link", { name: "任务", exact: true }).click();
  const goOn = server.holdWorkers();
  try {
    const importing = server.import("声卡.tq", extracted(200_000, 2));
    importing.catch(() => undefined);
    await row("声卡").getByText("进行中").waitFor();
    // Whoever wants to save meanwhile is told what for they wait.
    await page.getByRole("link", { name: "系统驱动", exact: true }).click();
    await page.getByText("正在导入 声卡.tq").waitFor();
    expect(await page.getByRole("button", { name: "保存" }).getAttribute("aria-description")).toContain("取消");
    await page.getByRole("link", { name: "任务", exact: true }).click();
    await page.getByRole("button", { name: "取消任务: 声卡" }).click();
    const dialog = page.getByRole("dialog");
    await dialog.getByText("撤销它已做的部分").waitFor();
    expect(await seriousFindings(page)).toEqual([]);
    await dialog.getByRole("button", { name: "取消任务" }).click();
    await page.getByText("已请求取消").waitFor();
    goOn();
    await expect(importing).rejects.toThrow();
  } finally {
    goOn();
  }
  await row("声卡").getByText("已取消").waitFor();
  const { data } = await server.call<{ data: { name: string }[] }>("GET", "/thor/voi/driver");
  expect(data.map(({ name }) => name)).toEqual(["网卡"]);
});

test("the audit log says who did what from where, page by page, for all or one", async () => {
  await server.addUser("王芳", "operator");
  for (let number = 1; number <= 60; number++) await server.call("POST", "/api/v1/tokens", { name: `script ${number}` });
  await page.getByRole("link", { name: "审计日志", exact: true }).click();
  await row("script 60").getByText("创建 API 令牌").waitFor();
  expect(await row("script 60").getByText("127.0.0.1").filter({ visible: true }).count()).toBe(1);
  expect(await seriousFindings(page)).toEqual([]);
  await page.getByRole("listitem", { name: "2" }).click();
  const made = row("创建用户");
  await made.waitFor();
  expect(new URL(page.url()).searchParams.get("page")).toBe("2");
  await made.getByText("详情").click();
  await made.getByText("operator").waitFor();
  await row("导入驱动").first().waitFor();
  await page.reload();
  await made.waitFor();

  await page.getByRole("link", { name: "王芳" }).first().click();
  await page.getByText("仅显示：王芳").waitFor();
  // The rows of before stay in sight until the answer is there.
  await expect.poll(() => row("script").count()).toBe(0);
  await row("王芳").first().waitFor();
  await page.getByRole("button", { name: /close|关闭/i }).click();
  await row("script 60").waitFor();
});
