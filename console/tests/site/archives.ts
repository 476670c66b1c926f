// SPDX-License-Identifier: GPL-3.0-or-later
// Archives as administrators have them, made by the tools of the system.
import { execFileSync } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";

const INFS = resolve(import.meta.dirname, "../../../crates/driver-package/tests/fixtures/inf");

/** Bytes without a pattern, the same at each run. */
export function noise(length: number, seed = 1): Buffer {
  const bytes = Buffer.allocUnsafe(length);
  let state = seed * 0x9e3779b1;
  for (let at = 0; at + 4 <= length; at += 4) {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    bytes.writeInt32LE(state | 0, at);
  }
  return bytes;
}

function packed(make: (directory: string, archive: string) => void, extraBytes: number, seed: number): Buffer {
  const directory = mkdtempSync(join(tmpdir(), "driver-center-archive-"));
  try {
    const content = join(directory, "content");
    mkdirSync(content);
    cpSync(INFS, join(content, "Drivers"), { recursive: true });
    if (extraBytes > 0) writeFileSync(join(content, "Drivers", "payload.sys"), noise(extraBytes, seed));
    const archive = join(directory, "archive.out");
    make(content, archive);
    return readFileSync(archive);
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}

/** A universal driver (`.iso`) with `extraBytes` more than its INF files. */
export const universal = (extraBytes = 0, seed = 1): Buffer =>
  packed((content, archive) => {
    execFileSync("genisoimage", ["-quiet", "-J", "-R", "-o", archive, content], { stdio: "ignore" });
  }, extraBytes, seed);

/** An extracted driver (`.tq`). */
export const extracted = (extraBytes = 0, seed = 1): Buffer =>
  packed((content, archive) => {
    execFileSync("7zz", ["a", "-bd", "-mx1", "-t7z", archive, "."], { cwd: content, stdio: "ignore" });
  }, extraBytes, seed);

/** An extracted driver for Windows 10 and later only. */
export const recent = (): Buffer => ofPackage("touch-extension", "-t7z");

/** A printer driver (`.zip`). */
export const printer = (): Buffer => ofPackage("printer-utf16", "-tzip");

/** One package of the fixtures alone. */
function ofPackage(name: string, type: string): Buffer {
  const directory = mkdtempSync(join(tmpdir(), "driver-center-archive-"));
  try {
    const archive = join(directory, "archive.out");
    execFileSync("7zz", ["a", "-bd", type, archive, "."], { cwd: join(INFS, name), stdio: "ignore" });
    return readFileSync(archive);
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}
