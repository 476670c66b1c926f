// SPDX-License-Identifier: GPL-3.0-or-later
import type { Browser, Page, Response } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { extracted } from "../site/archives.ts";
import { seriousFindings } from "../site/axe.ts";
import { openBrowser, PATIENCE_MS, signedIn, visitor } from "../site/browser.ts";
import { seedHistory } from "../site/history.ts";
import { Server } from "../site/server.ts";

let server: Server;
let browser: Browser;
let page: Page;

beforeAll(async () => {
  [server, browser] = await Promise.all([Server.start(), openBrowser()]);
  await server.claim();
  const { token } = await server.call<{ token: string }>("POST", "/api/v1/enrolment-tokens", { name: "lab", uses: 1, hours: 1 });
  await server.call("POST", "/api/v1/terminals/enrol", { token, name: "3F-01", mac: "" });
  page = await signedIn(await visitor(browser), server);
});

afterAll(async () => {
  await browser?.close();
  await server?.stop();
});

const panel = () => page.getByRole("region", { name: "终端状态变化" }).first();
const chart = () => panel().getByRole("img");
const span = (name: string) => panel().getByText(name, { exact: true });

test("before anything was recorded the page says when there will be something", async () => {
  await panel().getByText("还没有记录").waitFor();
  expect(await chart().count()).toBe(0);
});

test("a past is drawn, the numbers are under the pointer and in a table, the span is in the address", async () => {
  for (const name of ["one", "two", "three"]) {
    await server.import(`${name}.tq`, extracted());
    await server.save();
  }
  seedHistory(server);
  await page.reload();
  await chart().locator("canvas").waitFor();
  // A chart that is drawn or moved while the pointer rests does not see it.
  const told = page.getByText(/^\S+ \d\d:\d\d–\d\d:\d\d$/);
  const point = async (x: number) => (await chart().hover({ position: { x, y: 120 } }), told.isVisible());
  await expect.poll(async () => (await point(480)) || point(500)).toBe(true);
  expect(await seriousFindings(page)).toEqual([]);

  await span("月").click();
  await page.waitForURL(/span=month/);
  await panel().getByText("以表格显示").click();
  const rows = panel().getByRole("row");
  // Some rows of the month are missing: the server did not run.
  await expect.poll(() => rows.count()).toBeGreaterThan(300);
  expect(await rows.count()).toBeLessThan(373);
  expect(await seriousFindings(page)).toEqual([]);
  await page.reload();
  await chart().locator("canvas").waitFor();
  expect(new URL(page.url()).searchParams.get("span")).toBe("month");
  await span("日").click();
  await page.waitForURL((url) => !url.searchParams.has("span"));
});

test("a new version is marked at once", async () => {
  const isMarked = async (response: Response) =>
    response.url().includes("/api/v1/terminals/history") &&
    // One that a later request has replaced has no content.
    (await response.json().catch(() => ({ versions: [] }))).versions.at(-1)?.number === 4;
  const told = page.waitForResponse(isMarked, { timeout: PATIENCE_MS });
  await server.import("four.tq", extracted());
  await server.save();
  await told;
});
