// SPDX-License-Identifier: GPL-3.0-or-later
import { defineConfig } from "vitest/config";

/** Journeys in a real browser with the real programs; see `docs/console.md`. */
export default defineConfig({
  test: {
    include: [process.env.DRIVER_CENTER_SCREENSHOTS ? "tests/screenshots.ts" : "tests/browser/*.test.ts"],
    testTimeout: 60_000,
    hookTimeout: 60_000,
    // As long as a locator waits.
    expect: { poll: { timeout: 15_000 } },
    fileParallelism: false,
  },
});
