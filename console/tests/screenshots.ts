// SPDX-License-Identifier: GPL-3.0-or-later
// Makes the pictures in docs/images: a site with drivers, versions and terminals, and each page of it.
import { mkdirSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { seriousFindings } from "./site/axe.ts";
import { openBrowser, signedIn, visitor } from "./site/browser.ts";
import { palette } from "./site/palette.ts";
import { exampleSite } from "./site/example.ts";
import { seedHistory } from "./site/history.ts";
import { heading, PICTURES } from "./site/pictures.ts";
import { Server } from "./site/server.ts";
import { brokenSite, emptyPages, throughStates } from "./site/states.ts";

const IMAGES = process.env.DRIVER_CENTER_IMAGES ?? resolve(import.meta.dirname, "../../docs/images");

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

const EVERY_LOOK = (["zh", "en"] as const).flatMap((language) =>
  (["light", "dark"] as const).flatMap((theme) => [1280, 1920, 768].map((width) => ({ language, theme, width }))),
);
const nameOf = ({ language, theme, width }: (typeof EVERY_LOOK)[number]) => `${language}-${theme}-${width}`;
/** `all`, or some by their names; none are those of the documentation. */
const asked = process.env.DRIVER_CENTER_LOOKS?.split(",");
const all = asked !== undefined;
const LOOKS = EVERY_LOOK.filter((look) =>
  asked ? asked[0] === "all" || asked.includes(nameOf(look)) : ["zh-light-1280", "en-dark-1280"].includes(nameOf(look)),
);
const only = process.env.DRIVER_CENTER_ONLY?.split(",");
const isWanted = (name: string, isPrivate = true) => (only ? only.includes(name) : all || !isPrivate);
const suffix = (look: (typeof LOOKS)[number]) => (all ? nameOf(look) : `${look.language}-${look.theme}`);

test.each(LOOKS)("$language $theme $width", { timeout: 300_000 }, async (look) => {
  const context = await visitor(browser, look);
  const gate = await context.newPage();
  await gate.goto(server.url);
  await heading(gate);
  await take(gate, `sign-in-${suffix(look)}`);
  const page = await signedIn(context, server);
  const findings: string[] = [];
  for (const { name, path, ready } of PICTURES.filter(({ name, isPrivate }) => isWanted(name, isPrivate ?? false))) {
    await page.goto(server.url + path);
    await ready(page).catch((error: Error) => findings.push(`${name}: ${error.message}`));
    await take(page, `${name}-${suffix(look)}`);
    findings.push(...(await seriousFindings(page)).map((line) => `${name}: ${line}`));
  }
  expect(findings).toEqual([]);
  await context.close();
});

describe.runIf(isWanted("states"))("what is seen only for a moment", () => {
  let broken: Server;
  let empty: Server;

  beforeAll(async () => {
    [broken, empty] = await Promise.all([brokenSite(), Server.start()]);
    await empty.claim();
  }, 120_000);

  afterAll(async () => {
    await Promise.all([broken?.stop(), empty?.stop()]);
  });

  test.each(LOOKS)("$language $theme $width", { timeout: 300_000 }, async (look) => {
    const findings: string[] = [];
    const lookAt = async (page: Page, name: string) => {
      await take(page, `${name}-${suffix(look)}`);
      findings.push(...(await seriousFindings(page)).map((line) => `${name}: ${line}`));
    };
    const context = await visitor(browser, look);
    await emptyPages(empty, await signedIn(context, empty), lookAt);
    await context.close();
    await throughStates(broken, browser, look, lookAt);
    expect(findings).toEqual([]);
  });
});
