// SPDX-License-Identifier: GPL-3.0-or-later
import { existsSync } from "node:fs";
import { type Browser, type BrowserContext, chromium, type Page } from "playwright-core";
import { PASSWORD, type Server } from "./server.ts";

/** How long a test waits for what a page is to show, which may be made by an import or a save on a busy machine. */
export const PATIENCE_MS = 45_000;

const PLACES = [process.env.CHROMIUM, "/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"];
const ARGUMENTS = [
  "--no-sandbox",
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
];

/** The system's Chromium, with a profile of its own that goes with it. */
export function openBrowser(): Promise<Browser> {
  const executablePath = PLACES.find((path) => path !== undefined && existsSync(path));
  if (!executablePath) throw new Error("no Chromium: apt-get install chromium");
  return chromium.launch({ executablePath, args: ARGUMENTS });
}

export interface Look {
  language?: "zh" | "en";
  theme?: "light" | "dark";
  width?: number;
  height?: number;
}

/** A visitor who has never been here. */
export async function visitor(browser: Browser, look: Look = {}): Promise<BrowserContext> {
  const context = await browser.newContext({
    locale: look.language === "en" ? "en-US" : "zh-CN",
    timezoneId: "Asia/Shanghai",
    colorScheme: look.theme ?? "light",
    viewport: { width: look.width ?? 1280, height: look.height ?? 800 },
    reducedMotion: "reduce",
  });
  context.setDefaultTimeout(PATIENCE_MS);
  return context;
}

/** Signs somebody in without the form: the form has a test of its own. */
export async function signedIn(context: BrowserContext, server: Server, url = server.url, name = "admin"): Promise<Page> {
  const page = await context.newPage();
  await page.goto(url);
  await page.evaluate(
    async (who) => {
      const answer = await fetch("/api/v1/session", {
        method: "POST",
        headers: { "content-type": "application/json" },
        body: JSON.stringify(who),
      });
      if (!answer.ok) throw new Error(await answer.text());
    },
    { name, password: PASSWORD },
  );
  await page.goto(url);
  return page;
}
