// SPDX-License-Identifier: GPL-3.0-or-later
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { universal } from "../site/archives.ts";
import { seriousFindings } from "../site/axe.ts";
import { openBrowser, signedIn, visitor } from "../site/browser.ts";
import { CuttingProxy } from "../site/cutting-proxy.ts";
import { Server } from "../site/server.ts";

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

/** Where the upload goes, as the page remembers it. */
const place = () =>
  page.evaluate(() => {
    const kept = Object.entries(localStorage).find(([key]) => key.startsWith("tus::"));
    return new URL(JSON.parse(kept?.[1] ?? "{}").uploadUrl, location.href).pathname;
  });

const choose = (...files: string[]) => page.locator("main input[type=file]").setInputFiles(files);

test("after a restart of the server and a reload of the page only the missing bytes are sent", async () => {
  const file = server.file("pack.iso", universal(40 * MIB));
  proxy.cutAfterBytes = 16 * MIB;
  proxy.cutsForGood = true;
  await choose(file);
  const uploads = page.getByRole("region", { name: "Uploads" });
  await uploads.getByText("Connection lost").waitFor();
  // The proxy has passed them on; the server has them when it says so.
  await expect.poll(async () => server.received(await place())).toBeGreaterThan(12 * MIB);
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
  await uploads.getByText("Imported").waitFor();
  expect(proxy.bytes - before).toBeLessThan(32 * MIB);
  await page.getByRole("link", { name: "pack", exact: true }).waitFor();
});
