// SPDX-License-Identifier: GPL-3.0-or-later
import type { Browser } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { seriousFindings } from "../site/axe.ts";
import { openBrowser, visitor } from "../site/browser.ts";
import { PASSWORD, Server } from "../site/server.ts";

let server: Server;
let browser: Browser;

beforeAll(async () => {
  [server, browser] = await Promise.all([Server.start(), openBrowser()]);
});

afterAll(async () => {
  await browser?.close();
  await server?.stop();
});

test("the first administrator signs in, chooses a password, and is where the address said", async () => {
  const context = await visitor(browser);
  const page = await context.newPage();
  const refused: string[] = [];
  page.on("console", (message) => message.text().includes("Content Security Policy") && refused.push(message.text()));
  await page.goto(`${server.url}/versions`);
  expect(await page.evaluate(() => document.documentElement.lang)).toBe("zh-CN");

  await page.getByLabel("用户名").fill("admin");
  await page.getByLabel("密码", { exact: true }).fill("not the password");
  await page.getByRole("button", { name: "登录" }).click();
  await page.getByText("用户名或密码错误").waitFor();
  expect(await seriousFindings(page)).toEqual([]);

  await page.getByRole("button", { name: "English" }).click();
  await page.getByLabel("Password", { exact: true }).fill(server.firstPassword);
  await page.getByRole("button", { name: "Sign in" }).click();

  await page.getByRole("heading", { name: "Choose a new password" }).waitFor();
  expect(await page.getByLabel("Current password").count()).toBe(0);
  await page.getByLabel("New password", { exact: true }).fill(PASSWORD);
  await page.getByLabel("Repeat the new password").fill(`${PASSWORD}!`);
  await page.getByRole("button", { name: "Set password and continue" }).click();
  await page.getByText("The two passwords do not match").waitFor();
  expect(await seriousFindings(page)).toEqual([]);
  await page.getByLabel("Repeat the new password").fill(PASSWORD);
  await page.getByRole("button", { name: "Set password and continue" }).click();

  await page.getByRole("heading", { name: "Versions", level: 1 }).waitFor();
  await page.getByText("No versions yet").first().waitFor();

  // The choice of language outlives the visit, from the first paint on.
  await page.reload();
  expect(await page.evaluate(() => document.documentElement.lang)).toBe("en");
  await page.getByRole("heading", { name: "Versions", level: 1 }).waitFor();
  expect(refused).toEqual([]);
  await context.close();
});

test("signing out ends the session on the server too", async () => {
  const context = await visitor(browser, { language: "en" });
  const page = await context.newPage();
  await page.goto(server.url);
  await page.getByLabel("User name").fill("admin");
  await page.getByLabel("Password", { exact: true }).fill(PASSWORD);
  await page.getByRole("button", { name: "Sign in" }).click();
  await page.getByRole("button", { name: "admin" }).click();
  await page.getByRole("menuitem", { name: "Sign out" }).click();
  await page.getByRole("heading", { name: "Sign in" }).waitFor();
  expect(await page.evaluate(async () => (await fetch("/api/v1/status")).status)).toBe(401);
  await context.close();
});

test("whoever guesses is kept out for a while, and told for how long", async () => {
  const context = await visitor(browser, { language: "en" });
  const page = await context.newPage();
  await page.goto(server.url);
  const attempt = async (text: string | RegExp) => {
    const answered = page.waitForResponse((response) => response.url().endsWith("/api/v1/session") && response.request().method() === "POST");
    await page.getByRole("button", { name: "Sign in" }).click();
    await answered;
    await page.getByText(text).waitFor();
  };
  await page.getByLabel("User name").fill("mallory");
  await page.getByLabel("Password", { exact: true }).fill("guess");
  for (let count = 1; count <= 5; count++) await attempt("Name or password is wrong");
  await attempt(/Too many attempts to sign in; wait \d+ s/);
  expect(await seriousFindings(page)).toEqual([]);
  // Nobody else is kept out by that.
  await page.getByLabel("User name").fill("admin");
  await page.getByLabel("Password", { exact: true }).fill(PASSWORD);
  await page.getByRole("button", { name: "Sign in" }).click();
  await page.getByRole("heading", { name: "Overview", level: 1 }).waitFor();
  await context.close();
});
