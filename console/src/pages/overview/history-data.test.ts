// SPDX-License-Identifier: GPL-3.0-or-later
import { expect, test } from "vitest";
import type { TerminalHistory, TerminalPoint } from "../../api/terminals";
import "../../text/text";
import { marksOf, placesOf, versionsIn } from "./history-data";
import { optionOf } from "./history-option";
import { tipOf } from "./history-tip";

const MINUTE = 60_000;
const FROM = Date.parse("2026-03-01T00:00:00Z");
const time = (minutes: number) => new Date(FROM + minutes * MINUTE).toISOString();

const point = (minutes: number, identical: number): TerminalPoint => {
  return { at: time(minutes), identical, busy: 0, waiting: 0, behind: 0.25, offline: 0, error: 1 };
};

const history = (points: TerminalPoint[], versions: [number, number][] = []): TerminalHistory => ({
  from: time(0),
  until: time(60),
  every_seconds: 300,
  points,
  versions: versions.map(([number, minutes]) => ({ number, at: time(minutes) })),
});

/** Minutes and how many were identical; null where nothing is known. */
const told = (known: TerminalHistory) =>
  placesOf(known).map(({ at, point }) => [Math.round((at - FROM) / MINUTE * 10) / 10, point && point.identical]);

test("a run of points reaches from its begin to its end", () => {
  expect(told(history([point(0, 4), point(5, 5)]))).toEqual([[0, 4], [2.5, 4], [7.5, 5], [10, 5]]);
});

test("where nothing was recorded there is a gap, before, between and never made up", () => {
  const known = history([point(10, 4), point(30, 5), point(35, 6)]);
  expect(told(known)).toEqual([
    ...[[0, null], [10, null], [10, 4], [12.5, 4], [15, 4]],
    ...[[15, null], [30, null], [30, 5], [32.5, 5], [37.5, 6], [40, 6]],
  ]);
});

test("the last point ends now, not in the future", () => {
  expect(told(history([point(58, 4)])).slice(2)).toEqual([[58, 4], [59, 4], [60, 4]]);
});

test("versions that crowd share a label, the newest one's", () => {
  const marks = marksOf(history([], [[1, 10], [2, 11], [3, 12], [4, 40]]));
  expect(marks.map(({ number, hasLabel }) => [number, hasLabel])).toEqual([[1, false], [2, false], [3, true], [4, true]]);
  expect(versionsIn(history([], [[1, 10], [2, 14], [3, 15]]), point(10, 0))).toEqual([1, 2]);
});

test("the chart stacks all kinds, breaks at gaps and marks versions", () => {
  const { series } = optionOf(history([point(10, 4)], [[7, 12]]), "en");
  expect(new Set(series.map(({ stack }) => stack)).size).toBe(1);
  expect(series[0]?.data.map(([, value]) => value)).toEqual([null, null, 4, 4, 4]);
  expect(series.at(-1)?.markLine?.data).toMatchObject([{ xAxis: FROM + 12 * MINUTE, label: { show: true } }]);
});

test("what is under the pointer is told in exact numbers", () => {
  const known = history([point(10, 11.5)], [[7, 12]]);
  const tip = tipOf(known, { at: 0, point: point(10, 11.5) }, "zh");
  expect(tip.textContent).toMatch(/一致11\.5.*落后0\.25.*出错1.*版本 7/);
  expect(tipOf(known, { at: 0, point: null }, "zh").textContent).toContain("没有记录");
});
