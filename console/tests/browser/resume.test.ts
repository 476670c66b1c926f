// SPDX-License-Identifier: GPL-3.0-or-later
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { extracted, universal } from "../site/archives.ts";
import { seriousFindings } from "../site/axe.ts";
import { openBrowser, signedIn, visitor } from "../site/browser.ts";
import { CuttingProxy } from "../site/cutting-proxy.ts";
import { PASSWORD, Server } from "../site/server.ts";

const MIB = 1024 * 1024;

let server: Server;
let browser: Browser;
let proxy: CuttingProxy;
let page: Page;

beforeAll(async () => {
  [server, browser] = await Promise.all([Server.start(), openBrowser()]);
  await server.claim();
  proxy = await CuttingProxy.to(server.port);
  page = await signedIn(await visitor(browser, { language: "en" }), server, proxy.url);
  await page.goto(`${proxy.url}/drivers`);
});

afterAll(async () => {
  await browser?.close();
  proxy?.stop();
  await server?.stop();
});

const choose = (...files: string[]) => page.locator("main input[type=file]").setInputFiles(files);

test("after a restart of the server and a reload of the page only the missing bytes are sent", async () => {
  const file = server.file("pack.iso", universal(40 * MIB));
  proxy.cutAfterBytes = 16 * MIB;
  proxy.cutsForGood = true;
  await choose(file);
  const uploads = page.getByRole("region", { name: "Uploads" });
  await uploads.getByText("Connection lost").waitFor();
  await server.kill();
  await server.launch();
  proxy.cutsForGood = false;

  page.on("dialog", (dialog) => void dialog.accept());
  await page.reload();
  await uploads.getByText(/uploaded earlier/).waitFor();
  expect(await seriousFindings(page)).toEqual([]);
  const before = proxy.bytes;
  const [chooser] = await Promise.all([
    page.waitForEvent("filechooser"),
    uploads.getByRole("button", { name: "Choose the file again" }).click(),
  ]);
  await chooser.setFiles(file);
  await uploads.getByText("Imported").waitFor({ timeout: 30_000 });
  expect(proxy.bytes - before).toBeLessThan(32 * MIB);
  await page.getByRole("link", { name: "pack", exact: true }).waitFor();
});

test("a viewer sees everything and is told why nothing can be changed", async () => {
  await server.import("card.tq", extracted());
  const made = await server.call<{ password: string }>("POST", "/api/v1/users", { name: "vera", role: "viewer" });
  const context = await visitor(browser, { language: "en" });
  const own = await context.newPage();
  await own.goto(`${server.url}/drivers?type=extracted`);
  await own.getByLabel("User name").fill("vera");
  await own.getByLabel("Password", { exact: true }).fill(made.password);
  await own.getByRole("button", { name: "Sign in" }).click();
  await own.getByLabel("Current password").fill(made.password);
  await own.getByLabel("New password", { exact: true }).fill(PASSWORD);
  await own.getByLabel("Repeat the new password").fill(PASSWORD);
  await own.getByRole("button", { name: "Set password and continue" }).click();
  await own.getByRole("link", { name: "card" }).waitFor();
  for (const name of ["Save", "Discard", "Delete: card", "Edit: card"]) {
    const button = own.getByRole("button", { name, exact: true });
    expect(await button.getAttribute("aria-description"), name).toContain("operator");
  }
  expect(await own.getByRole("link", { name: "Audit log" }).count()).toBe(0);
  // Reached by its address all the same, the page says who may see it.
  await own.goto(`${server.url}/audit`);
  await own.getByText("Requires the role administrator").waitFor();
  expect(await seriousFindings(own)).toEqual([]);
});
