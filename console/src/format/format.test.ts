// SPDX-License-Identifier: GPL-3.0-or-later
import { expect, test } from "vitest";
import "../text/text";
import { bytes, percent, speed } from "./bytes";
import { remaining } from "./duration";
import { moment, relative } from "./time";

test("sizes are binary with three digits", () => {
  const cases: [number, string][] = [
    [0, "0 B"],
    [1023, "1023 B"],
    [1024, "1.00 KiB"],
    [1_990_656, "1.90 MiB"],
    [10_485_760, "10.0 MiB"],
    [104_857_600, "100 MiB"],
    [1_073_741_823, "1.00 GiB"],
    [274_877_906_944, "256 GiB"],
    [-5, "0 B"],
  ];
  for (const [count, text] of cases) expect(bytes(count), String(count)).toBe(text);
  expect(speed(5 * 1024 * 1024)).toBe("5.00 MiB/s");
});

test("100 percent means that all is done", () => {
  expect([percent(999, 1000), percent(1000, 1000), percent(2000, 1000), percent(1, 0)]).toEqual([99, 100, 100, 0]);
});

test("times of both interfaces are the same moments", () => {
  expect(moment("2026-11-27 01:02:03").toISOString()).toBe("2026-11-27T01:02:03.000Z");
  expect(moment("2026-11-27T01:02:03Z").toISOString()).toBe("2026-11-27T01:02:03.000Z");
});

test("times are told in words", () => {
  const now = new Date("2026-11-27T12:00:00Z");
  const of = (text: string) => [relative(new Date(text), now, "zh"), relative(new Date(text), now, "en")];
  expect(of("2026-11-27T11:59:58Z")).toEqual(["刚刚", "just now"]);
  expect(of("2026-11-27T11:57:00Z")).toEqual(["3分钟前", "3 minutes ago"]);
  expect(of("2026-11-26T11:00:00Z")).toEqual(["昨天", "yesterday"]);
  expect(of("2026-11-28T13:00:00Z")).toEqual(["明天", "tomorrow"]);
  expect(of("2024-11-01T12:00:00Z")).toEqual(["2年前", "2 years ago"]);
});

test("time left is rough, as it is", () => {
  expect([1, 30, 600, 7500].map(remaining)).toEqual(["即将完成", "约 30 秒", "约 10 分钟", "约 2 小时 5 分钟"]);
});
