// SPDX-License-Identifier: GPL-3.0-or-later
// Makes the pictures in docs/images: a site with drivers, versions and terminals, and each page of it.
import { mkdirSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { seriousFindings } from "./site/axe.ts";
import { openBrowser, signedIn, visitor } from "./site/browser.ts";
import { palette } from "./site/palette.ts";
import { exampleSite } from "./site/example.ts";
import { seedHistory } from "./site/history.ts";
import type { Server } from "./site/server.ts";

const IMAGES = process.env.DRIVER_CENTER_IMAGES ?? resolve(import.meta.dirname, "../../docs/images");

interface Picture {
  name: string;
  path: string;
  /** What has to be there before. */
  ready: (page: Page) => Promise<unknown>;
  /** To be looked at, not to be kept: it shows paths of this machine, or is much like another picture. */
  isPrivate?: boolean;
}

const heading = (page: Page) => page.getByRole("heading", { level: 1 }).waitFor();
const row = (name: string) => (page: Page) => page.getByText(name).first().waitFor();

/** The sizes of drivers and the history of terminals. */
const charts = (page: Page) => page.waitForFunction(() => document.querySelectorAll("canvas").length === 2);

/** Follows the link to a terminal, and chooses a template there. */
const openTerminal = (name: string, template: string) => async (page: Page) => {
  await page.getByRole("link", { name }).click();
  await page.getByRole("heading", { name, level: 1 }).waitFor();
  await page.getByRole("combobox").click();
  await page.locator(".ant-select-item-option").filter({ hasText: template }).click();
  await page.getByRole("cell", { name: "1", exact: true }).waitFor();
};

const PICTURES: Picture[] = [
  { name: "overview", path: "/", ready: charts },
  { name: "overview-week", path: "/?span=week", ready: charts, isPrivate: true },
  { name: "overview-month", path: "/?span=month", ready: charts, isPrivate: true },
  { name: "drivers", path: "/drivers", ready: row("DriverPack 21.4") },
  { name: "driver", path: "/drivers/1", ready: (page) => page.getByRole("row").filter({ hasText: "ltnet.inf" }).first().waitFor() },
  { name: "driver-files", path: "/drivers/1?tab=files", ready: (page) => page.getByRole("link", { name: "Drivers", exact: true }).waitFor() },
  { name: "printers", path: "/printers", ready: row("HP LaserJet") },
  { name: "printer", path: "/printers/1", ready: row("SHA-256") },
  { name: "templates", path: "/templates", ready: row("教学模板") },
  { name: "desktops", path: "/desktops", ready: row("教师办公") },
  { name: "terminals", path: "/terminals", ready: row("3F-01") },
  { name: "terminal", path: "/terminals?search=3F-04", ready: openTerminal("3F-04", "教学模板") },
  { name: "enrolment", path: "/terminals/enrolment", ready: row("四楼机房") },
  { name: "versions", path: "/versions", ready: (page) => page.locator("main").getByText(/^(当前|current)$/).waitFor() },
  { name: "version", path: "/versions/3?from=1", ready: row("DriverPack") },
  { name: "version-files", path: "/versions/3?tab=disk&path=%2Fsys%2Ftq", ready: row("OptiPlex") },
  { name: "jobs", path: "/jobs", ready: row("DriverPack") },
  { name: "audit", path: "/audit", ready: row("admin") },
  { name: "settings", path: "/settings", ready: row("API") },
  { name: "users", path: "/settings?tab=users", ready: row("zhang.wei") },
  { name: "updates", path: "/settings?tab=updates", ready: (page) => page.getByRole("tabpanel").getByRole("button").last().waitFor() },
  { name: "health", path: "/settings?tab=health", ready: row("disk-worker"), isPrivate: true },
];

let server: Server;
let browser: Browser;

beforeAll(async () => {
  mkdirSync(IMAGES, { recursive: true });
  [server, browser] = await Promise.all([exampleSite(), openBrowser()]);
  seedHistory(server);
}, 180_000);

afterAll(async () => {
  await browser?.close();
  await server?.stop();
});

async function take(page: Page, name: string): Promise<void> {
  await page.waitForFunction(() => [...document.images].every((image) => image.complete));
  writeFileSync(join(IMAGES, `${name}.png`), palette(await page.screenshot({ animations: "disabled" })));
}

const all = process.env.DRIVER_CENTER_LOOKS === "all";
const LOOKS = all
  ? (["zh", "en"] as const).flatMap((language) =>
      (["light", "dark"] as const).flatMap((theme) => [1280, 1920, 768].map((width) => ({ language, theme, width }))),
    )
  : [
      { language: "zh" as const, theme: "light" as const, width: 1280 },
      { language: "en" as const, theme: "dark" as const, width: 1280 },
    ];

test.each(LOOKS)("$language $theme $width", { timeout: 180_000 }, async (look) => {
  const context = await visitor(browser, look);
  const suffix = all ? `${look.language}-${look.theme}-${look.width}` : `${look.language}-${look.theme}`;
  const gate = await context.newPage();
  await gate.goto(server.url);
  await heading(gate);
  await take(gate, `sign-in-${suffix}`);
  const page = await signedIn(context, server);
  const findings: string[] = [];
  const only = process.env.DRIVER_CENTER_ONLY?.split(",");
  for (const picture of PICTURES.filter(({ name, isPrivate }) => (only ? only.includes(name) : all || !isPrivate))) {
    await page.goto(server.url + picture.path);
    await picture.ready(page);
    await take(page, `${picture.name}-${suffix}`);
    findings.push(...(await seriousFindings(page)).map((line) => `${picture.name}: ${line}`));
  }
  expect(findings).toEqual([]);
  await context.close();
});
