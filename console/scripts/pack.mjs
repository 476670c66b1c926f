// SPDX-License-Identifier: GPL-3.0-or-later
// After the build: compresses what is served, and fails when the first load is larger than it may be.
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { extname, join } from "node:path";
import { gzipSync } from "node:zlib";

/** Bytes of gzipped JavaScript of the first load: the entry with all that it imports at once, and the largest page. */
const FIRST_LOAD_BYTES_MAX = 500_000;
/** Compressing less than this saves no packet. */
const SMALL_BYTES = 1024;
const PACKED = new Set([".js", ".css", ".html", ".svg", ".json"]);

const dist = new URL("../dist/", import.meta.url).pathname;

function files(directory) {
  return readdirSync(directory, { withFileTypes: true }).flatMap((entry) => {
    const path = join(directory, entry.name);
    return entry.isDirectory() ? files(path) : [path];
  });
}

const sizes = new Map();
for (const path of files(dist)) {
  const content = readFileSync(path);
  if (!PACKED.has(extname(path)) || content.length < SMALL_BYTES) continue;
  const packed = gzipSync(content, { level: 9 });
  writeFileSync(`${path}.gz`, packed);
  sizes.set(path.slice(dist.length), packed.length);
}

const manifest = JSON.parse(readFileSync(join(dist, "manifest.json"), "utf8"));

/** The chunk and all that it imports before it runs. */
function closure(key, seen = new Set()) {
  if (seen.has(key)) return seen;
  seen.add(key);
  (manifest[key]?.imports ?? []).forEach((next) => closure(next, seen));
  return seen;
}

const weight = (keys) => [...keys].reduce((sum, key) => sum + (sizes.get(manifest[key].file) ?? 0), 0);
const entry = Object.keys(manifest).find((key) => manifest[key].isEntry);
const first = closure(entry);
const isPage = (key) => manifest[key].isDynamicEntry && key.startsWith("src/pages/") && key.endsWith("-page.tsx");
const pages = Object.keys(manifest).filter(isPage);
const largest = Math.max(0, ...pages.map((page) => weight(closure(page, new Set(first))) - weight(first)));
const total = weight(first) + largest;
console.log(
  `first load: ${(weight(first) / 1000).toFixed(0)} kB and up to ${(largest / 1000).toFixed(0)} kB for a page, gzipped`,
);
if (total > FIRST_LOAD_BYTES_MAX) {
  console.error(`The first load of ${total} bytes is over the limit of ${FIRST_LOAD_BYTES_MAX}.`);
  process.exit(1);
}
