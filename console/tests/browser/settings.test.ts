// SPDX-License-Identifier: GPL-3.0-or-later
import type { Browser, Locator, Page } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { extracted } from "../site/archives.ts";
import { seriousFindings } from "../site/axe.ts";
import { openBrowser, signedIn, visitor } from "../site/browser.ts";
import { Server, Terminal } from "../site/server.ts";

const MIB = 1024 * 1024;
const GIB = 1024 * MIB;

let server: Server;
let browser: Browser;
let page: Page;
let terminal: Terminal;

beforeAll(async () => {
  [server, browser] = await Promise.all([Server.start(), openBrowser()]);
  await server.claim();
  await server.import("网卡.tq", extracted());
  await server.save();
  terminal = new Terminal(server, "t1");
  await terminal.enrol(server, "3F-01");
  terminal.run("sync");
  page = await signedIn(await visitor(browser), server);
});

afterAll(async () => {
  await browser?.close();
  await server?.stop();
});

interface Distribution {
  rules: { windows: { days: number[]; from: string; to: string }[]; utc_offset_minutes: number; bytes_per_second: number | null };
}
const rules = async () => (await server.call<Distribution>("GET", "/api/v1/distribution")).rules;
const saveSettings = () => page.getByRole("button", { name: "保存设置" }).click();

/** A time of the day in the zone of the browser, so many hours from now. */
const clock = (hours: number) =>
  new Intl.DateTimeFormat("en-GB", { timeZone: "Asia/Shanghai", hour: "2-digit", minute: "2-digit" }).format(
    Date.now() + hours * 3_600_000,
  );

test("times and bandwidth are set, and are still there after a reload", async () => {
  await page.goto(`${server.url}/settings?tab=updates`);
  await page.getByText("现在可以更新").waitFor();
  await page.getByRole("button", { name: "添加时段" }).click();
  const [from, to] = [clock(4), clock(6)];
  await page.getByLabel("开始").fill(from);
  await page.getByLabel("结束").fill(to);
  await page.getByLabel("带宽上限").fill("20");
  await saveSettings();
  await page.getByText("现在不自动更新").waitFor();
  await page.getByText(/3 小时 \d+ 分钟后开放|4 小时 0 分钟后开放/).waitFor();
  expect(await seriousFindings(page)).toEqual([]);

  await page.reload();
  await page.getByText("现在不自动更新").waitFor();
  await expect.poll(() => page.getByLabel("开始").inputValue()).toBe(from);
  expect(await page.getByLabel("结束").inputValue()).toBe(to);
  expect(await page.getByLabel("带宽上限").inputValue()).toBe("20");
  expect(await rules()).toEqual({ windows: [{ days: [], from, to }], utc_offset_minutes: 480, bytes_per_second: 20 * MIB });
});

test("a terminal takes nothing outside of the times but what is pushed to it", async () => {
  await server.import("声卡.tq", extracted(0, 2));
  await server.save();
  expect(JSON.parse(terminal.run("--json", "sync"))).toMatchObject({ outcome: "outside_window", version: 2 });
  expect(JSON.parse(terminal.run("--json", "status"))).toMatchObject({ version: 1 });

  await page.getByRole("link", { name: "终端", exact: true }).click();
  const row = page.getByRole("row").filter({ hasText: "3F-01" });
  await row.getByText("落后").waitFor();
  await page.getByRole("button", { name: "下发: 3F-01" }).click();
  await page.getByRole("dialog").getByRole("button", { name: "下发" }).click();
  await page.getByText("已通知 1 台终端").waitFor();
  expect(JSON.parse(terminal.run("--json", "sync"))).toMatchObject({ outcome: "updated", version: 2 });
  await row.getByText("一致", { exact: true }).waitFor();
});

test("without times every time is right again", async () => {
  await page.goto(`${server.url}/settings?tab=updates`);
  await page.getByRole("button", { name: "删除时段" }).click();
  await page.getByLabel("带宽上限").fill("");
  await saveSettings();
  await page.getByText("现在可以更新").waitFor();
  expect(await rules()).toMatchObject({ windows: [], bytes_per_second: null });
  await server.import("显卡.tq", extracted(0, 3));
  await server.save();
  expect(JSON.parse(terminal.run("--json", "sync"))).toMatchObject({ outcome: "updated", version: 3 });
});

test("the disk is made larger, after an edit that stands in the way is out of it", async () => {
  await server.call("POST", "/api/v1/edit");
  await page.goto(`${server.url}/settings?tab=health`);
  const panel = page.getByRole("region", { name: "驱动盘容量" });
  await panel.getByText("当前 16.0 GiB").waitFor();
  const grow = panel.getByRole("button", { name: "扩容" });
  expect(await grow.getAttribute("aria-description")).toContain("先保存或放弃");
  await server.call("DELETE", "/api/v1/edit");
  await enabled(grow);

  await panel.getByLabel("新的大小").fill("24");
  await grow.click();
  const dialog = page.getByRole("dialog");
  await dialog.getByText("将驱动盘从 16.0 GiB 扩大到 24.0 GiB？").waitFor();
  expect(await seriousFindings(page)).toEqual([]);
  await dialog.getByRole("button", { name: "扩容" }).click();
  await panel.getByText("当前 24.0 GiB").waitFor();
  expect(await server.call("GET", "/api/v1/disk")).toMatchObject({ virtual_bytes: 24 * GIB });
  await page.getByRole("link", { name: "版本", exact: true }).click();
  await page.locator("#content").getByRole("link", { name: "版本 4" }).waitFor();
  expect(JSON.parse(terminal.run("--json", "sync"))).toMatchObject({ outcome: "updated", version: 4 });
});

const enabled = (button: Locator) =>
  button.and(page.locator(":not([aria-disabled])")).waitFor();
