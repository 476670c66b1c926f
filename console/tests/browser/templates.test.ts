// SPDX-License-Identifier: GPL-3.0-or-later
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { extracted, recent, universal } from "../site/archives.ts";
import { seriousFindings } from "../site/axe.ts";
import { openBrowser, signedIn, visitor } from "../site/browser.ts";
import { Server } from "../site/server.ts";

let server: Server;
let browser: Browser;
let page: Page;

beforeAll(async () => {
  [server, browser] = await Promise.all([Server.start(), openBrowser()]);
  await server.claim();
  await server.import("通用包.iso", universal());
  await server.import("网卡.tq", extracted());
  await server.import("触摸屏.tq", recent());
  await server.save();
  page = await signedIn(await visitor(browser), server);
});

afterAll(async () => {
  await browser?.close();
  await server?.stop();
});

/** Opens a choice of the dialog. */
const open = (label: string) => page.getByRole("dialog").getByLabel(label).click();
const option = (name: string | RegExp) => page.locator(".ant-select-item-option").filter({ hasText: name });

test("a template gets drivers: only fitting ones can be chosen, and the others say why not", async () => {
  await page.getByRole("link", { name: "模板", exact: true }).click();
  await page.getByText("还没有模板").waitFor();
  await page.getByRole("button", { name: "添加模板" }).click();
  await page.getByRole("dialog").getByLabel("名称").fill("教学模板");
  await open("系统");
  await option("Windows 7（64 位）").click();
  expect(await seriousFindings(page)).toEqual([]);
  await page.getByRole("dialog").getByRole("button", { name: "添加" }).click();

  await page.getByRole("button", { name: "关联驱动: 教学模板" }).click();
  await open("万能驱动");
  await option("通用包").click();
  await open("提取驱动");
  const unfit = option("触摸屏");
  expect(await unfit.textContent()).toContain("系统不符：Windows 1");
  expect(await unfit.getAttribute("aria-disabled")).toBe("true");
  await option(/^网卡$/).click();
  await page.getByRole("dialog").getByRole("button", { name: "保存" }).click();
  const row = page.getByRole("row").filter({ hasText: "教学模板" });
  await row.getByRole("link", { name: "通用包" }).waitFor();
  await row.getByText("异构", { exact: true }).waitFor();
  expect(await seriousFindings(page)).toEqual([]);
});

test("a terminal shows what is in it, and which drivers it takes for the template", async () => {
  const { token } = await server.call<{ token: string }>("POST", "/api/v1/enrolment-tokens", { name: "机房", uses: 1, hours: 1 });
  const { secret } = await server.call<{ secret: string }>("POST", "/api/v1/terminals/enrol", { token, name: "3F-07", mac: "02fc00000307" });
  await server.inventory(secret, {
    model: "Lantern L7090",
    firmware: "1.22.0",
    devices: [
      { name: "Ethernet", hardware_ids: ["PCI\\VEN_1F7A&DEV_0101&SUBSYS_00011F7A", "PCI\\VEN_1F7A&DEV_0101"] },
      { name: "Camera", hardware_ids: ["USB\\VID_AAAA&PID_0001"] },
    ],
  });
  await page.goto(`${server.url}/terminals`);
  await page.getByRole("link", { name: "3F-07" }).click();
  await page.getByText("Lantern L7090 · 1.22.0").waitFor();
  await page.locator("nav a[aria-current=page]").filter({ hasText: "终端" }).waitFor();
  expect(await page.getByRole("row").filter({ hasText: "VID_AAAA" }).count()).toBe(1);
  await page.getByText("选择一个模板", { exact: true }).waitFor();
  expect(await seriousFindings(page)).toEqual([]);
  await page.getByLabel("选择模板").click();
  await option("教学模板").click();
  const row = page.getByRole("row").filter({ hasText: "网卡" });
  await row.getByText("支持这台终端的设备").waitFor();
  await row.getByText("ltnet.inf").first().waitFor();
  await page.getByText("1 个设备没有对应的驱动").waitFor();
  expect(await seriousFindings(page)).toEqual([]);
  await page.goto(`${server.url}/terminals/unknown`);
  await page.getByText("终端 unknown 不存在").waitFor();
});

test("what is made of it is heterogeneous until its drivers are taken away", async () => {
  await page.getByRole("link", { name: "桌面与场景", exact: true }).click();
  await page.getByRole("button", { name: "创建桌面" }).click();
  await page.getByRole("dialog").getByLabel("名称").fill("办公桌面");
  await open("模板");
  await option("教学模板").click();
  await page.getByRole("dialog").getByRole("button", { name: "创建" }).click();
  const desktop = page.getByRole("row").filter({ hasText: "办公桌面" });
  await desktop.getByText("异构", { exact: true }).waitFor();
  expect(await seriousFindings(page)).toEqual([]);
  await page.getByRole("link", { name: "模板", exact: true }).click();
  const held = page.getByRole("button", { name: "删除: 教学模板" }).and(page.locator("[aria-disabled]"));
  expect(await held.getAttribute("aria-description")).toContain("办公桌面");
  await page.getByRole("link", { name: "桌面与场景", exact: true }).click();

  await server.call("POST", "/thor/voi/image_relate_drive", {
    id: 1,
    universal_driver_id: null,
    extractive_driver_id: null,
  });
  await desktop.getByText("异构", { exact: true }).waitFor({ state: "detached" });
});
