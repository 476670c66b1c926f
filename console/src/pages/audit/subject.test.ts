// SPDX-License-Identifier: GPL-3.0-or-later
import { expect, test } from "vitest";
import type { AuditEntry } from "../../api/audit";
import { terminalOf, terminalsIn } from "./subject";

test("a number of terminals is known, also of one", () => {
  expect(["0 terminals", "1 terminal", "30 terminals"].map(terminalsIn)).toEqual([0, 1, 30]);
  expect(["terminals", "1 terminal or so", "lab 1 terminal", "t1"].map(terminalsIn)).toEqual(Array(4).fill(undefined));
});

test("the one terminal of an entry is found in its particulars", () => {
  const of = (entry: Partial<AuditEntry>) => terminalOf({ subject: "t1", actor: "admin", detail: "", ...entry } as AuditEntry);
  expect(of({ action: "terminal.push", detail: '{"terminals":["a"]}' })).toEqual({ id: "a", name: "t1" });
  expect(of({ action: "terminal.push", detail: '{"terminals":["a","b"]}' })).toEqual({ name: "t1" });
  expect(of({ action: "terminal.enrol", subject: "a", actor: "t1" })).toEqual({ id: "a", name: "t1" });
  expect(of({ action: "terminal.group", detail: "not JSON" })).toEqual({ name: "t1" });
  expect(of({ action: "driver.import", detail: '{"terminal":"a"}' })).toEqual({ name: "t1" });
});
