// SPDX-License-Identifier: GPL-3.0-or-later
// The first day of an administrator who touches no mouse.
import type { Browser, BrowserContext, Locator, Page } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { universal } from "../site/archives.ts";
import { openBrowser, visitor } from "../site/browser.ts";
import { PASSWORD, Server } from "../site/server.ts";

/** More stops of the Tab key than any page has. */
const STOPS_MAX = 80;

let server: Server;
let browser: Browser;
let context: BrowserContext;
let page: Page;

beforeAll(async () => {
  [server, browser] = await Promise.all([Server.start(), openBrowser()]);
  context = await visitor(browser);
  page = await context.newPage();
});

afterAll(async () => {
  await browser?.close();
  await server?.stop();
});

/** Goes on with the Tab key until the element has the focus, and makes sure that one sees where it is. */
async function tabTo(target: Locator): Promise<void> {
  await target.waitFor();
  for (let stops = 0; stops < STOPS_MAX; stops++) {
    if (await isWithFocus(target)) {
      return seeFocus(target);
    }
    await page.keyboard.press("Tab");
  }
  throw new Error(`no way to ${target} with the Tab key`);
}

const isWithFocus = (target: Locator) => target.evaluate((element) => element.contains(document.activeElement));

/** Makes sure that the element looks otherwise while it has the focus. */
async function seeFocus(target: Locator): Promise<void> {
  const focused = await page.evaluateHandle(() => document.activeElement as HTMLElement);
  const look = () =>
    focused.evaluate(async (element) => {
      const looks = [];
      for (let part: Element | null = element, steps = 0; part && steps < 4; part = part.parentElement, steps++) {
        await Promise.allSettled(part.getAnimations().map(({ finished }) => finished));
        const { outline, boxShadow, borderColor, backgroundColor } = getComputedStyle(part);
        looks.push(outline, boxShadow, borderColor, backgroundColor);
      }
      return looks.join();
    });
  const withFocus = await look();
  await focused.evaluate((element) => element.blur());
  expect(await look(), `the look of ${target} without the focus`).not.toBe(withFocus);
  await focused.evaluate((element) => element.focus());
}

const type = async (target: Locator, text: string) => {
  await tabTo(target);
  await page.keyboard.type(text);
};

const press = async (target: Locator, key = "Enter") => {
  await target.and(page.locator(":not([aria-disabled=true])")).waitFor();
  await tabTo(target);
  await page.keyboard.press(key);
};

test("signing in and choosing a password", async () => {
  await page.goto(server.url);
  await type(page.getByLabel("用户名"), "admin");
  await type(page.getByLabel("密码", { exact: true }), server.firstPassword);
  await page.keyboard.press("Enter");
  await type(page.getByLabel("新密码", { exact: true }), PASSWORD);
  await type(page.getByLabel("再次输入新密码"), PASSWORD);
  await page.keyboard.press("Enter");
  await page.getByRole("heading", { name: "概览", level: 1 }).waitFor();
});

test("importing a driver", async () => {
  await press(page.getByRole("link", { name: "系统驱动", exact: true }));
  await page.getByText("还没有万能驱动").waitFor();
  const chooser = page.waitForEvent("filechooser");
  await press(page.getByRole("button", { name: /将文件拖到这里/ }));
  await (await chooser).setFiles(server.file("网卡.iso", universal()));
  await page.getByRole("region", { name: "上传" }).getByText("已导入").waitFor();
});

test("correcting its description, and closing a dialog without a trace", async () => {
  const edit = page.getByRole("button", { name: "编辑: 网卡" });
  await press(edit);
  await page.getByRole("dialog").waitFor();
  await page.keyboard.press("Escape");
  await page.getByRole("dialog").waitFor({ state: "hidden" });
  // The focus is back where it came from, so that one goes on from there.
  await expect.poll(() => isWithFocus(edit)).toBe(true);
  await page.keyboard.press("Enter");
  await type(page.getByRole("dialog").getByLabel("描述", { exact: true }), "三楼机房");
  await press(page.getByRole("dialog").getByRole("button", { name: "保存" }));
  await page.getByRole("dialog").waitFor({ state: "hidden" });
  await page.getByText("三楼机房").waitFor();
});

test("saving it as a version, and looking at that", async () => {
  await press(page.getByRole("button", { name: "保存" }));
  const dialog = page.getByRole("dialog");
  await dialog.getByText("保存为版本 1").waitFor();
  await type(dialog.getByLabel("说明"), "第一批驱动");
  await press(dialog.getByRole("button", { name: "保存" }));
  await page.getByText("版本 1 已发布").waitFor();
  await press(page.getByRole("link", { name: "版本", exact: true }));
  await page.getByText("第一批驱动").waitFor();
});

test("signing out", async () => {
  await press(page.getByRole("button", { name: "admin" }));
  const leave = page.getByRole("menuitem", { name: "退出登录" });
  await leave.waitFor();
  const step = async (key: string) => {
    await page.keyboard.press(key);
    // A menu moves the focus with the next frame.
    await page.evaluate(() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done))));
  };
  await step("Tab");
  for (let steps = 0; steps < 5 && !(await isWithFocus(leave)); steps++) await step("ArrowDown");
  await page.keyboard.press("Enter");
  await page.getByRole("heading", { name: "登录" }).waitFor();
});
