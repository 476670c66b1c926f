// SPDX-License-Identifier: GPL-3.0-or-later
import { expect, test } from "vitest";
import { runsOf } from "./version-runs";

test("numbers that follow on each other are a run", () => {
  expect(runsOf([])).toEqual([]);
  expect(runsOf([3])).toEqual([[3, 3]]);
  expect(runsOf([1, 2, 3, 7, 9, 10])).toEqual([[1, 3], [7, 7], [9, 10]]);
});
