// SPDX-License-Identifier: GPL-3.0-or-later
// What is seen only for a moment or when something went wrong: uploads under way, a save, an error and the way out of it.
import { existsSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Browser, Page } from "playwright-core";
import { extracted, universal } from "./archives.ts";
import { type Look, signedIn, visitor } from "./browser.ts";
import { Server } from "./server.ts";

const MIB = 1024 * 1024;
const OTHER = "王芳";
const PAGES = ["/", "/drivers", "/printers", "/templates", "/desktops", "/terminals", "/terminals/enrolment", "/versions", "/jobs"];

type Take = (page: Page, name: string) => Promise<unknown>;

/** A site that has saved twice, and that one may break. */
export async function brokenSite(): Promise<Server> {
  const server = await Server.start();
  await server.claim();
  await server.addUser(OTHER, "administrator");
  const old = await server.import("旧声卡.tq", extracted());
  await server.save("第一批");
  await server.import("通用包.iso", universal());
  await server.call("POST", "/thor/voi/driver", { action: "delete", ids: [old] });
  await server.save("换机型");
  return server;
}

/** Each page of a site on which nothing has happened yet. */
export async function emptyPages(server: Server, page: Page, take: Take): Promise<void> {
  for (const path of PAGES) {
    await page.goto(server.url + path);
    await page.getByRole("heading", { level: 1 }).waitFor();
    await page.locator(".ant-skeleton").first().waitFor({ state: "detached" });
    await take(page, `empty${path === "/" ? "" : path.replaceAll("/", "-")}`);
  }
}

/** Goes through the states of the disk, as one who looks at it in this way. */
export async function throughStates(server: Server, browser: Browser, look: Look, take: Take): Promise<void> {
  const context = await visitor(browser, look);
  const page = await signedIn(context, server);
  await page.goto(`${server.url}/drivers`);
  await button(page, /^(管理驱动|Manage drivers)$/).waitFor();
  await take(page, "idle");
  await page.goto(`${server.url}/versions`);
  await button(page, /^(回滚到此版本|Roll back to this version): 1$/).click();
  await page.getByRole("dialog").getByRole("textbox").waitFor();
  await take(page, "rollback");
  await page.goto(`${server.url}/drivers`);
  await uploads(server, page, take);
  await saving(page, take);
  await held(server, browser, look, take);
  await broken(server, page, take);
  await context.close();
}

const button = (page: Page, name: RegExp) => page.getByRole("button", { name }).first();
const inDialog = (page: Page, name: RegExp) => page.getByRole("dialog").getByRole("button", { name }).last();

/** Three files at once: one is refused, one imported, and one is on its way. */
async function uploads(server: Server, page: Page, take: Take): Promise<void> {
  const line = await page.context().newCDPSession(page);
  await line.send("Network.enable");
  const slow = { offline: false, latency: 5, downloadThroughput: -1, uploadThroughput: 4 * MIB };
  await line.send("Network.emulateNetworkConditions", slow);
  await page.locator("input[type=file][multiple]").setInputFiles([
    server.file("说明.tq", Buffer.from("not an archive".repeat(99))),
    server.file(`声卡 ${Date.now() % 10_000}.tq`, extracted(0, Date.now())),
    server.file("DriverPack 21.4.iso", universal(60 * MIB)),
  ]);
  const panel = page.getByRole("region", { name: /^(上传|Uploads)$/ });
  await panel.getByText(/已导入|Imported/).first().waitFor();
  await panel.getByText(/MiB\/s/).first().waitFor();
  await take(page, "uploads");
  await button(page, /^(取消上传|Cancel upload): DriverPack/).click();
  await take(page, "uploads-give-up");
  await inDialog(page, /^(取消上传|Cancel upload)/).click();
  await line.detach();
}

async function saving(page: Page, take: Take): Promise<void> {
  await page.reload();
  await button(page, /^(保存|Save)$/).click();
  await page.getByRole("dialog").waitFor();
  await take(page, "save");
}

async function held(server: Server, browser: Browser, look: Look, take: Take): Promise<void> {
  const context = await visitor(browser, look);
  const page = await signedIn(context, server, server.url, OTHER);
  await page.goto(`${server.url}/drivers`);
  const takeOver = button(page, /^(接管编辑|Take over)/);
  await takeOver.waitFor();
  await take(page, "held");
  await takeOver.click();
  await page.getByRole("dialog").waitFor();
  await take(page, "take-over");
  await context.close();
}

/** A save stands still, then fails, as the directory of the images is gone; a restore completes it. */
async function broken(server: Server, page: Page, take: Take): Promise<void> {
  const images = join(server.dataDirectory, "images");
  const mend = () => {
    if (!existsSync(`${images}.aside`)) return;
    rmSync(images);
    renameSync(`${images}.aside`, images);
  };
  renameSync(images, `${images}.aside`);
  writeFileSync(images, "");
  try {
    const letGo = server.holdWorkers();
    await server.call("POST", "/api/v1/save", {});
    await page.goto(`${server.url}/drivers`);
    await page.getByText(/^(正在保存|Saving)/).first().waitFor();
    await take(page, "saving");
    letGo();
    await button(page, /^(恢复|Restore)$/).waitFor();
    await take(page, "error");
    await page.goto(server.url);
    await button(page, /^(恢复|Restore)$/).waitFor();
    await take(page, "error-overview");
  } finally {
    mend();
  }
  await button(page, /^(恢复|Restore)$/).click();
  await inDialog(page, /^(开始恢复|Start restore)$/).waitFor();
  await page.getByRole("dialog").getByText(/^(将要执行|Planned steps)/).waitFor();
  await take(page, "restore");
  await inDialog(page, /^(开始恢复|Start restore)$/).click();
  await page.getByText(/^(已执行|Completed steps)/).waitFor();
  await take(page, "restored");
}
