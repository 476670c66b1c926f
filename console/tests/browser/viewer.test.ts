// SPDX-License-Identifier: GPL-3.0-or-later
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { extracted, printer } from "../site/archives.ts";
import { seriousFindings } from "../site/axe.ts";
import { openBrowser, signedIn, visitor } from "../site/browser.ts";
import { Server } from "../site/server.ts";

let server: Server;
let browser: Browser;
let page: Page;

beforeAll(async () => {
  [server, browser] = await Promise.all([Server.start(), openBrowser()]);
  await server.claim();
  await server.addUser("vera", "viewer");
  await server.import("card.tq", extracted());
  await server.save();
  await server.import("laser.zip", printer());
  await server.save();
  const template = { name: "Teaching", type: 2, os_type: 4 };
  const { id } = await server.call<{ id: number }>("POST", "/api/v1/templates", template);
  await server.call("POST", "/thor/voi/personal/desktops", { name: "Office", image_id: id });
  const { token } = await server.call<{ token: string }>("POST", "/api/v1/enrolment-tokens", { name: "lab", uses: 1, hours: 1 });
  await server.call("POST", "/api/v1/terminals/enrol", { token, name: "3F-01", mac: "02fc00000301" });
  await server.call("POST", "/api/v1/edit");
  page = await signedIn(await visitor(browser, { language: "en" }), server, server.url, "vera");
});

afterAll(async () => {
  await browser?.close();
  await server?.stop();
});

/** What a viewer finds on each page, and cannot press there. */
const PAGES: { path: string; shows: string; buttons: string[]; switches?: string[] }[] = [
  {
    path: "/drivers?type=extracted",
    shows: "card",
    buttons: ["Save", "Discard", "Edit: card", "Delete: card"],
    switches: ["Automatic updates"],
  },
  { path: "/drivers/1", shows: "ltnet.inf", buttons: ["Edit", "Delete"] },
  { path: "/printers", shows: "laser", buttons: ["Edit: laser", "Copy: laser", "Delete: laser"] },
  { path: "/printers/1", shows: "laser", buttons: ["Edit", "Copy", "Delete"] },
  { path: "/versions", shows: "Version 2", buttons: ["Roll back to this version: 1"] },
  { path: "/templates", shows: "Teaching", buttons: ["Add template", "Associate drivers: Teaching", "Edit: Teaching", "Delete: Teaching"] },
  { path: "/desktops", shows: "Office", buttons: ["Create desktop", "Delete: Office"] },
  { path: "/terminals", shows: "3F-01", buttons: ["Push: 3F-01"] },
  { path: "/settings?tab=updates", shows: "Updates may run now", buttons: ["Save settings"] },
];

test.each(PAGES)("a viewer sees $path and is told why nothing can be changed", async ({ path, shows, buttons, switches = [] }) => {
  await page.goto(server.url + path);
  await page.locator("main").getByText(shows).first().waitFor();
  const reason = (role: "button" | "switch") => async (name: string) => {
    const found = page.getByRole(role, { name, exact: true }).and(page.locator("[aria-disabled]"));
    await found.focus();
    // The keyboard gets there, too, or nobody would read why.
    expect(await found.evaluate((element) => element === document.activeElement), name).toBe(true);
    expect(await found.getAttribute("aria-description"), name).toBe("Requires the role operator");
  };
  for (const name of buttons) await reason("button")(name);
  for (const name of switches) await reason("switch")(name);
  expect(await seriousFindings(page)).toEqual([]);
});

test("what only administrators see is not offered, and says so where its address is known", async () => {
  await page.goto(`${server.url}/settings`);
  await page.getByRole("tab", { name: "My account" }).waitFor();
  expect(await page.getByRole("tab", { name: "Users" }).count()).toBe(0);
  expect(await page.getByRole("link", { name: "Audit log" }).count()).toBe(0);
  await page.goto(`${server.url}/audit`);
  await page.getByText("Requires the role administrator").waitFor();
  expect(await seriousFindings(page)).toEqual([]);
  await page.goto(`${server.url}/terminals/enrolment`);
  await page.getByRole("button", { name: "Create token" }).and(page.locator("[aria-disabled]")).waitFor();
  await page.getByText("Requires the role administrator").waitFor();
  // The server keeps to it, whatever a page offers.
  const refused = await page.evaluate(async () => (await fetch("/api/v1/save", { method: "POST", headers: { "content-type": "application/json" }, body: "{}" })).status);
  expect(refused).toBe(403);
});
