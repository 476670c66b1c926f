// SPDX-License-Identifier: GPL-3.0-or-later
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { en, zh } from "./texts";

type Tree = { [key: string]: string | Tree };

function flat(tree: Tree, path = ""): Map<string, string> {
  const all = new Map<string, string>();
  for (const [key, value] of Object.entries(tree)) {
    const name = path === "" ? key : `${path}.${key}`;
    if (typeof value === "string") all.set(name, value);
    else flat(value, name).forEach((text, below) => all.set(below, text));
  }
  return all;
}

const chinese = flat(zh);
const english = flat(en as Tree);
const values = (text: string) => [...text.matchAll(/\{\{(\w+)\}\}/g)].map((match) => match[1]).sort();

test("every text is there in both languages and says something", () => {
  const counted = [...english.keys()].filter((key) => key.endsWith("_one"));
  expect([...english.keys()].filter((key) => !key.endsWith("_one")).sort()).toEqual([...chinese.keys()].sort());
  for (const key of counted) expect(chinese.has(key.replace(/_one$/, "_other")), key).toBe(true);
  for (const [key, text] of [...chinese, ...english]) expect(text.trim(), key).not.toBe("");
});

test("both languages name the same values", () => {
  for (const [key, text] of english) {
    const other = chinese.get(key.replace(/_one$/, "_other")) ?? "";
    // "one" may leave the number out.
    const known = key.endsWith("_one") ? [...new Set([...values(text), "count"])].sort() : values(text);
    const expected = key.endsWith("_one") ? [...new Set([...values(other), "count"])].sort() : values(other);
    expect(known, key).toEqual(expected);
  }
});

test("English texts are English, Chinese ones Chinese", () => {
  const han = /\p{Script=Han}/u;
  for (const [key, text] of english) expect(han.test(text), `${key}: ${text}`).toBe(false);
  const latin = [...chinese].filter(([, text]) => !han.test(text) && /[a-z]{3}/i.test(text.replace(/\{\{\w+\}\}/g, "")));
  // Names that are the same in both.
  const same = latin.filter(([key, text]) => english.get(key) !== text);
  expect(same.filter(([, text]) => !/^(Windows|INF|SHA|root)/.test(text))).toEqual([]);
});

/** All source files but texts and tests. */
function sources(directory: string): string[] {
  return readdirSync(directory, { withFileTypes: true }).flatMap((entry) => {
    const path = join(directory, entry.name);
    if (entry.isDirectory()) return sources(path);
    const isOurs = /\.tsx?$/.test(entry.name) && !/\.test\.|\.d\.ts$|^texts?\.ts$/.test(entry.name);
    return isOurs ? [path] : [];
  });
}

test("no text for people stands outside of the tables, and none in them is unused", () => {
  const code = sources(join(import.meta.dirname, "..")).map((path) => [path, readFileSync(path, "utf8")] as const);
  const isAllowed = (line: string) => /^\s*(\/\/|\*|\/\*)/.test(line) || line.includes('"中文"') || line.includes("刚刚");
  const stray = code.flatMap(([path, text]) =>
    text.split("\n").filter((line) => /\p{Script=Han}/u.test(line) && !isAllowed(line)).map((line) => `${path}: ${line.trim()}`),
  );
  expect(stray).toEqual([]);

  const all = code.map(([, text]) => text).join("\n");
  const named = (key: string) => {
    const plain = key.replace(/_other$/, "");
    if (all.includes(`"${plain}"`)) return true;
    // A key whose last part is put in: `jobs.state.${…}`.
    return all.includes(`\`${plain.slice(0, plain.lastIndexOf("."))}.\${`);
  };
  expect([...chinese.keys()].filter((key) => !named(key))).toEqual([]);
});
