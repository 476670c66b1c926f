// SPDX-License-Identifier: GPL-3.0-or-later
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { extracted } from "../site/archives.ts";
import { seriousFindings } from "../site/axe.ts";
import { openBrowser, signedIn, visitor } from "../site/browser.ts";
import { Server } from "../site/server.ts";

let server: Server;
let browser: Browser;
/** Who edits first, and who takes it over. */
let first: Page;
let second: Page;

beforeAll(async () => {
  [server, browser] = await Promise.all([Server.start(), openBrowser()]);
  await server.claim();
  await server.addUser("王芳", "administrator");
  await server.import("网卡.tq", extracted());
  await server.save();
  [first, second] = await Promise.all([
    signedIn(await visitor(browser), server),
    signedIn(await visitor(browser), server, server.url, "王芳"),
  ]);
  await Promise.all([first, second].map((page) => page.goto(`${server.url}/drivers?type=extracted`)));
});

afterAll(async () => {
  await browser?.close();
  await server?.stop();
});

const button = (page: Page, name: string) => page.getByRole("button", { name, exact: true });
const banner = (page: Page, name: string) => page.getByRole("alert").getByText(`${name} 正在编辑驱动`);
const reasonOf = (page: Page, name: string) => button(page, name).getAttribute("aria-description");

test("whoever comes second sees who edits, on every page, and is told why nothing can be changed", async () => {
  const file = server.file("声卡.tq", extracted(0, 2));
  await first.locator("input[type=file][multiple]").setInputFiles(file);
  await first.getByText("1 项更改待保存").waitFor();

  await banner(second, "admin").waitFor();
  for (const name of ["保存", "放弃", "编辑: 网卡", "删除: 网卡"]) {
    // While the import ends, the reason is that one.
    await expect.poll(() => reasonOf(second, name), { message: name }).toContain("admin 正在编辑");
  }
  // Files that are dropped nevertheless are not passed over in silence.
  await second.locator("input[type=file][multiple]").setInputFiles(file);
  await second.locator(".ant-message").getByText("admin 正在编辑，暂时不能导入").waitFor();
  expect(await first.getByText("正在编辑驱动").count()).toBe(0);
  expect(await seriousFindings(second)).toEqual([]);
  await second.getByRole("link", { name: "版本", exact: true }).click();
  await banner(second, "admin").waitFor();
});

test("taking over says what it takes, and whoever had the edit is told and can do no harm", async () => {
  // Already asked whether to save, and to discard in another window, when the other one takes over.
  const another = await first.context().newPage();
  await another.goto(`${server.url}/drivers?type=extracted`);
  await button(another, "放弃").click();
  const discarding = another.getByRole("dialog");
  await discarding.getByText("1 项更改将被撤销").waitFor();
  await button(first, "保存").click();
  const saving = first.getByRole("dialog");
  await saving.getByText("保存为版本 2").waitFor();

  await button(second, "接管编辑").click();
  const asking = second.getByRole("dialog");
  await asking.getByText("其 1 项更改会保留并归您处理").waitFor();
  expect(await seriousFindings(second)).toEqual([]);
  await asking.getByRole("button", { name: "接管编辑" }).click();
  await second.getByText("已接管编辑").waitFor();

  await banner(first, "王芳").waitFor();
  await saving.getByRole("button", { name: "保存" }).click();
  await saving.getByText("王芳 正在编辑").waitFor();
  await saving.getByRole("button", { name: "取消" }).click();
  await discarding.getByRole("button", { name: "放弃更改" }).click();
  await another.getByText(/王芳 正在编辑.*分钟/).first().waitFor();
  await expect.poll(() => reasonOf(first, "保存")).toContain("王芳 正在编辑");
  const { version, edit } = await server.call<{ version: number; edit: { changes: unknown[] } }>("GET", "/api/v1/status");
  expect([version, edit.changes.length]).toEqual([1, 1]);
  await another.close();
});

test("the edit that was taken over is saved by whoever has it now, and then anybody may begin", async () => {
  await second.goto(`${server.url}/drivers?type=extracted`);
  await second.getByText("1 项更改待保存").waitFor();
  await button(second, "保存").click();
  await second.getByRole("dialog").getByRole("button", { name: "保存" }).click();
  await second.getByText("版本 2 已发布").waitFor();
  await banner(first, "王芳").waitFor({ state: "detached" });
  await button(first, "管理驱动").click();
  await first.getByText("还没有更改").waitFor();
  await banner(second, "admin").waitFor();
});
