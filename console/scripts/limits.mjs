// SPDX-License-Identifier: GPL-3.0-or-later
// Writes src/api/limits.ts: how long texts may be, as the description of the interface says it.
import { readFileSync, writeFileSync } from "node:fs";

const { components } = JSON.parse(readFileSync(new URL("../../docs/openapi.json", import.meta.url), "utf8"));

const lengths = Object.entries(components.schemas).flatMap(([name, { properties = {} }]) => {
  const limited = Object.entries(properties).filter(([, { maxLength }]) => maxLength !== undefined);
  return limited.length === 0 ? [] : [[name, Object.fromEntries(limited.map(([key, { maxLength }]) => [key, maxLength]))]];
});
const table = JSON.stringify(Object.fromEntries(lengths), null, 2);
writeFileSync(
  new URL("../src/api/limits.ts", import.meta.url),
  `// Made by scripts/limits.mjs from docs/openapi.json.\n/** Characters that a field of a request may have. */\nexport const CHARS_MAX = ${table} as const;\n`,
);
