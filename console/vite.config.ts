// SPDX-License-Identifier: GPL-3.0-or-later
import react from "@vitejs/plugin-react";
import { defineConfig } from "vitest/config";

/** Where `npm run dev` finds a running server. */
const server = process.env.DRIVER_CENTER_URL ?? "http://127.0.0.1:8088";
const programs = ["/api", "/thor", "/voi_api", "/openapi.json"];

export default defineConfig({
  plugins: [react()],
  build: {
    target: "es2022",
    manifest: "manifest.json",
    // Charts come when a page with charts is opened; they are known to be large.
    chunkSizeWarningLimit: 1500,
    // A picture within a style or script would be one more thing that the server's policy has to allow.
    assetsInlineLimit: 0,
  },
  server: { proxy: Object.fromEntries(programs.map((path) => [path, { target: server }])) },
  test: { environment: "jsdom", include: ["src/**/*.test.{ts,tsx}"], setupFiles: ["tests/unit-setup.ts"], testTimeout: 60_000 },
});
