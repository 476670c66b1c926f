// SPDX-License-Identifier: GPL-3.0-or-later
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { extracted } from "../site/archives.ts";
import { seriousFindings } from "../site/axe.ts";
import { openBrowser, signedIn, visitor } from "../site/browser.ts";
import { Server } from "../site/server.ts";

const TERMINALS = 230;
const NAME = (seat: number) => `PC-${String(seat).padStart(3, "0")}`;

let server: Server;
let browser: Browser;
let page: Page;

beforeAll(async () => {
  [server, browser] = await Promise.all([Server.start(), openBrowser()]);
  await server.claim();
  await server.import("card.tq", extracted());
  await server.save();
  page = await signedIn(await visitor(browser, { language: "en" }), server);
});

afterAll(async () => {
  await browser?.close();
  await server?.stop();
});

const row = (name: string) => page.getByRole("row").filter({ hasText: name });
const tab = (text: string) => page.locator(".ant-segmented-item").filter({ hasText: text });
const address = () => Object.fromEntries(new URL(page.url()).searchParams);
const nothingSerious = async () => expect(await seriousFindings(page)).toEqual([]);

interface Known {
  id: string;
  name: string;
  group?: string;
}
const known = (query: string) => server.call<{ terminals: Known[]; total: number }>("GET", `/api/v1/terminals?${query}`);

/** Enrols terminals as their programs do. The first hundred have the current version, five of the others failed. */
async function enrol(): Promise<void> {
  const request = { name: "lab", uses: TERMINALS, hours: 1 };
  const { token } = await server.call<{ token: string }>("POST", "/api/v1/enrolment-tokens", request);
  const { version, root } = await server.call<{ version: number; root: string }>("GET", "/api/v1/status");
  for (let seat = 1; seat <= TERMINALS; seat++) {
    const mac = `02fc0000${seat.toString(16).padStart(4, "0")}`;
    const { secret } = await server.call<{ secret: string }>("POST", "/api/v1/terminals/enrol", { token, name: NAME(seat), mac });
    const base = { program: "0.1.0", done: 0, total: 0 };
    if (seat <= 100) await server.report(secret, { ...base, state: "idle", version, root });
    else if (seat <= 105) await server.report(secret, { ...base, state: "error", version: 0, root: "", message: "no space left on device" });
  }
}

test("before there are terminals, the page says how to begin, and follows when one joins", async () => {
  await page.goto(`${server.url}/terminals`);
  await page.getByRole("link", { name: "Go to enrolment" }).waitFor();
  await nothingSerious();
  await enrol();
  await row(NAME(1)).waitFor();
  await tab(`All ${TERMINALS}`).waitFor();
});

test("pages, order and filters are in the address, and outlive a reload", async () => {
  await page.getByRole("listitem", { name: "2" }).click();
  await row(NAME(51)).waitFor();
  expect(address()).toEqual({ page: "2" });
  await page.reload();
  await row(NAME(51)).waitFor();
  await nothingSerious();

  const names = page.getByRole("columnheader", { name: "Terminal" });
  await names.focus();
  await page.keyboard.press("Enter");
  await row(NAME(TERMINALS)).waitFor();
  expect(await names.getAttribute("aria-sort")).toBe("descending");
  expect(address()).toEqual({ sort: "name", desc: "true" });

  await tab("Failed 5").click();
  await row(NAME(105)).getByText("no space left on device").waitFor();
  await row(NAME(TERMINALS)).waitFor({ state: "detached" });
  expect(await page.getByRole("row").count()).toBe(6);
  await page.reload();
  await row(NAME(105)).waitFor();
  await page.goBack();
  await row(NAME(TERMINALS)).waitFor();
});

test("the search finds names and MAC addresses, and its counts are those of what is found", async () => {
  const box = page.getByRole("textbox", { name: /^Search/ });
  await box.fill("PC-10");
  await tab("All 10").waitFor();
  await tab("Failed 5").waitFor();
  await row(NAME(109)).waitFor();
  await box.fill("02:fc:00:00:00:07");
  await tab("All 1").waitFor();
  await row(NAME(7)).waitFor();
  await box.fill("no such terminal");
  await page.getByText("No terminal fits").waitFor();
  await nothingSerious();
  await page.getByRole("button", { name: "Show all terminals" }).click();
  await row(NAME(TERMINALS)).waitFor();
  expect(await box.inputValue()).toBe("");
});

test("rows of two pages are put into a group", async () => {
  await page.goto(`${server.url}/terminals`);
  await page.getByRole("checkbox", { name: NAME(1), exact: true }).check();
  await page.getByRole("listitem", { name: "2" }).click();
  await page.getByRole("checkbox", { name: NAME(51), exact: true }).check();
  await page.getByText("2 terminals selected").waitFor();
  await nothingSerious();
  await page.getByRole("button", { name: "Set the group" }).click();
  await page.getByRole("combobox", { name: "Group" }).last().fill("lab");
  await nothingSerious();
  await page.keyboard.press("Enter");
  await page.getByText("The group is set").waitFor();
  await page.getByText("2 terminals selected").waitFor({ state: "detached" });
  expect((await known("group=lab")).terminals.map(({ name }) => name)).toEqual([NAME(1), NAME(51)]);

  await page.getByRole("combobox", { name: "Group" }).click();
  await page.locator(".ant-select-item-option").filter({ hasText: "lab (2)" }).click();
  await tab("All 2").waitFor();
  expect(address()).toEqual({ group: "lab" });
});

test("all that fit are put into a group and pushed to, seen or not", async () => {
  await page.goto(`${server.url}/terminals?show=behind`);
  await page.getByRole("checkbox", { name: NAME(101), exact: true }).check();
  await page.getByRole("button", { name: "Select all 130 that fit" }).click();
  await page.getByText("All 130 terminals that fit are selected").waitFor();
  await nothingSerious();
  await page.getByRole("listitem", { name: "2" }).click();
  expect(await page.getByRole("checkbox", { name: NAME(160), exact: true }).isChecked()).toBe(true);
  await page.getByRole("button", { name: "Set the group" }).click();
  await page.getByRole("combobox", { name: "Group" }).last().fill("behind");
  await page.getByRole("button", { name: "Save", exact: true }).click();
  await page.getByText("The group is set").waitFor();
  expect((await known("group=behind")).total).toBe(130);

  await page.getByRole("checkbox", { name: NAME(160), exact: true }).check();
  await page.getByRole("button", { name: "Select all 130 that fit" }).click();
  const bar = page.getByRole("region", { name: "Selected terminals" });
  await bar.getByRole("button", { name: "Push" }).click();
  const dialog = page.getByRole("dialog");
  await dialog.getByText("Push version 1 to 130 terminals?").last().waitFor();
  await nothingSerious();
  await dialog.getByRole("button", { name: "Push" }).click();
  await page.getByText("130 terminals are told").waitFor();
  await bar.waitFor({ state: "detached" });
});

test("a terminal is removed from its page, and rows are, after saying what becomes of them", async () => {
  await page.goto(`${server.url}/terminals?search=PC-23`);
  await page.getByRole("link", { name: NAME(230) }).click();
  await page.getByRole("heading", { name: NAME(230), level: 1 }).waitFor();
  await nothingSerious();
  await page.getByRole("button", { name: "Remove terminal" }).click();
  const dialog = page.getByRole("dialog");
  await dialog.getByText("Its copy of the tool disk stays on it").waitFor();
  await nothingSerious();
  await dialog.getByRole("button", { name: "Remove 1 terminal" }).click();
  await page.getByText("1 terminal is removed").waitFor();
  await tab(`All ${TERMINALS - 1}`).waitFor();

  for (const seat of [1, 2]) await page.getByRole("checkbox", { name: NAME(seat), exact: true }).check();
  await page.getByRole("button", { name: "Remove terminals" }).click();
  await dialog.getByText(NAME(2)).waitFor();
  await dialog.getByRole("button", { name: "Remove 2 terminals" }).click();
  await row(NAME(2)).waitFor({ state: "detached" });
  expect((await known("")).total).toBe(TERMINALS - 3);
});

test("all that fit are removed, on other pages too, after saying how many they are", async () => {
  await page.goto(`${server.url}/terminals?group=behind&show=offline`);
  const fitting = (await known("group=behind&show=offline")).total;
  expect(fitting).toBeGreaterThan(100);
  await page.getByRole("checkbox", { name: NAME(106), exact: true }).check();
  await page.getByRole("button", { name: `Select all ${fitting} that fit` }).click();
  await page.getByRole("button", { name: "Remove terminals" }).click();
  const dialog = page.getByRole("dialog");
  await dialog.getByText(`All ${fitting} terminals that fit the filter will be removed`).waitFor();
  await nothingSerious();
  await dialog.getByRole("button", { name: `Remove ${fitting} terminals` }).click();
  await page.getByText("No terminal fits").waitFor();
  expect((await known("")).total).toBe(TERMINALS - 3 - fitting);
});

test("versions say how many terminals have them, and lead to these", async () => {
  await page.goto(`${server.url}/versions`);
  await page.getByRole("link", { name: "98 terminals" }).click();
  await page.getByText("Version 1 only").waitFor();
  await tab("All 98").waitFor();
  await page.goto(`${server.url}/terminals/none`);
  await page.getByRole("link", { name: "Back to all terminals" }).waitFor();
});

test("the uploads panel covers nothing that cannot be scrolled from under it", async () => {
  await page.goto(`${server.url}/drivers`);
  await page.locator("input[type=file][multiple]").setInputFiles(server.file("notes.tq", Buffer.from("not an archive".repeat(99))));
  const panel = page.getByRole("region", { name: "Uploads" });
  await panel.waitFor();
  await page.getByRole("link", { name: "Terminals", exact: true }).click();
  await row(NAME(52)).waitFor();
  const last = page.locator(".ant-pagination");
  await page.evaluate(() => scrollTo(0, document.body.scrollHeight));
  await expect
    .poll(async () => {
      const [above, below] = await Promise.all([last.boundingBox(), panel.boundingBox()]);
      return above && below && above.y + above.height <= below.y;
    })
    .toBe(true);
});
