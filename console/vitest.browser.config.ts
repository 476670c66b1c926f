// SPDX-License-Identifier: GPL-3.0-or-later
import { defineConfig } from "vitest/config";
import { PATIENCE_MS } from "./tests/site/browser.ts";

/** Journeys in a real browser with the real programs; see `docs/console.md`. */
export default defineConfig({
  test: {
    include: [process.env.DRIVER_CENTER_SCREENSHOTS ? "tests/screenshots.ts" : "tests/browser/*.test.ts"],
    testTimeout: 180_000,
    hookTimeout: 180_000,
    expect: { poll: { timeout: PATIENCE_MS } },
    fileParallelism: false,
  },
});
