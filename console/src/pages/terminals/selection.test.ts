// SPDX-License-Identifier: GPL-3.0-or-later
import { expect, test } from "vitest";
import { isNothing, NOTHING, targetsOf, tickedOn, under, withPage } from "./selection";

const row = (id: string) => ({ id, name: `3F-${id}` });
const FIRST = [row("1"), row("2")];
const SECOND = [row("3"), row("4")];

test("rows of other pages stay chosen", () => {
  const one = withPage(NOTHING, FIRST, ["2"]);
  const two = withPage(one, SECOND, ["2", "3"]);
  expect(targetsOf(two)).toEqual({ terminals: ["2", "3"] });
  expect(targetsOf(withPage(two, FIRST, ["3"]))).toEqual({ terminals: ["3"] });
  expect(isNothing(withPage(one, FIRST, []))).toBe(true);
});

test("all that fit are a filter, until a row is taken out or the filter changes", () => {
  const filter = { group: "lab" };
  const all = { all: filter };
  expect(targetsOf(all)).toEqual({ where: filter });
  expect(tickedOn(all, SECOND)).toEqual(["3", "4"]);
  expect(under(all, { ...filter })).toBe(all);
  expect(under(all, { group: "office" })).toBe(NOTHING);
  expect(targetsOf(withPage(all, SECOND, ["4"]))).toEqual({ terminals: ["4"] });
});
