// SPDX-License-Identifier: GPL-3.0-or-later
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { extracted, printer } from "../site/archives.ts";
import { seriousFindings } from "../site/axe.ts";
import { openBrowser, signedIn, visitor } from "../site/browser.ts";
import { Server } from "../site/server.ts";

const LONG = "Intel(R) Wireless-AC 9560 160MHz Netzwerkadaptertreiber_mit_einem_Namen_ohne_Leerzeichen_dazwischen";
const PATHS = [
  ...["/", "/drivers?type=extracted", "/drivers/1", "/drivers/1?tab=files", "/printers", "/printers/1", "/versions"],
  ...["/versions/1", "/versions/1?tab=infs", "/versions/1?tab=disk", "/templates", "/desktops", "/terminals"],
  ...["/terminals/enrolment", "/jobs", "/audit", "/settings", "/settings?tab=users", "/settings?tab=updates"],
  ...["/settings?tab=health", "/nowhere", "/drivers/99", "/drivers/abc", "/versions/77"],
];

let server: Server;
let browser: Browser;

beforeAll(async () => {
  [server, browser] = await Promise.all([Server.start(), openBrowser()]);
  await server.claim();
  await server.import(`${LONG}.tq`, extracted());
  // Nowhere to break the line.
  await server.import(`${"W".repeat(118)}.tq`, extracted(0, 2));
  await server.import(`Drucker ${LONG}.zip`, printer());
  await server.save(LONG);
  const template = { name: LONG, type: 2, os_type: 4 };
  const { id } = await server.call<{ id: number }>("POST", "/api/v1/templates", template);
  await server.call("POST", "/thor/voi/personal/desktops", { name: LONG, image_id: id, describe: LONG });
  await server.call("POST", "/api/v1/enrolment-tokens", { name: LONG.replaceAll(" ", "").slice(0, 60), uses: 5, hours: 1 });
});

afterAll(async () => {
  await browser?.close();
  await server?.stop();
});

/** Opens a page, until nothing of it is on its way any more. */
async function open(page: Page, path: string): Promise<void> {
  await page.goto(server.url + path);
  await page.getByRole("heading", { level: 1 }).waitFor();
  await page.waitForFunction(() => document.querySelector(".ant-skeleton") === null);
}

test.each([768, 1920])("at a width of %d no page scrolls sideways, and each has a title", async (width) => {
  const page = await signedIn(await visitor(browser, { language: "en", width }), server);
  for (const path of PATHS) {
    await open(page, path);
    // A title follows its heading, and tables settle, after the first paint.
    const wrong = () =>
      page.evaluate(() => {
        const { scrollWidth, clientWidth } = document.documentElement;
        const heading = document.querySelector("h1")?.textContent;
        const isTitled = document.title === `${heading} · Driver Center`;
        return [isTitled ? "" : document.title, Math.max(0, scrollWidth - clientWidth)];
      });
    await expect.poll(wrong, { message: path }).toEqual(["", 0]);
  }
  await page.context().close();
});

test("the difference of two versions fits a narrow page", async () => {
  const page = await signedIn(await visitor(browser, { language: "en", width: 768 }), server);
  for (const tab of ["packages", "infs", "files"]) {
    await open(page, `/versions/1?tab=${tab}`);
    await page.getByRole("tabpanel").getByText(/Added/).first().waitFor();
    const table = page.getByRole("tabpanel").locator(".ant-table-wrapper");
    const over = () => table.evaluate(({ parentElement: frame }) => frame && frame.scrollWidth - frame.clientWidth);
    await expect.poll(over, { message: tab }).toBe(0);
  }
  await page.context().close();
});

test("where a table does not fit, the actions of its rows stay in sight", async () => {
  const page = await signedIn(await visitor(browser, { language: "en", width: 560 }), server);
  await open(page, "/drivers?type=extracted");
  const button = page.getByRole("button", { name: `Delete: ${LONG}` });
  const end = async () => {
    const box = await button.boundingBox();
    return box && box.x + box.width;
  };
  await expect.poll(end).toBeLessThanOrEqual(560);
  // Not only there, but on top.
  await button.hover({ trial: true });
  await page.context().close();
});

test("in the dark, what is chosen and what destroys can be read", async () => {
  const page = await signedIn(await visitor(browser, { language: "en", theme: "dark" }), server);
  await open(page, "/drivers?type=extracted");
  await page.getByRole("button", { name: "Appearance" }).click();
  await page.getByRole("menuitem", { name: "System default" }).waitFor();
  expect(await seriousFindings(page)).toEqual([]);
  await page.keyboard.press("Escape");
  await page.getByRole("button", { name: `Delete: ${LONG}` }).click();
  await page.getByRole("dialog").waitFor();
  expect(await seriousFindings(page)).toEqual([]);
  await page.context().close();
});

test("what is not there says so under a title, with the way back", async () => {
  const page = await signedIn(await visitor(browser, { language: "en" }), server);
  await open(page, "/drivers/99");
  await page.getByRole("link", { name: "Back to all drivers" }).waitFor();
  await open(page, "/versions/77");
  await page.getByText("There is no such version").waitFor();
  await open(page, "/drivers/abc");
  await page.getByRole("heading", { name: "Page not found" }).waitFor();
  await page.context().close();
});
