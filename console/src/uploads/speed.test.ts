// SPDX-License-Identifier: GPL-3.0-or-later
import { expect, test } from "vitest";
import { SpeedMeter } from "./speed";

test("the speed is that of the last seconds", () => {
  const meter = new SpeedMeter();
  expect(meter.mark(0, 0)).toBe(0);
  for (let second = 1; second <= 20; second++) meter.mark(second * 1000, second * 1000);
  // From now on ten times as fast; after the span nothing slow is left in it.
  let speed = 0;
  for (let second = 21; second <= 30; second++) speed = meter.mark(20_000 + (second - 20) * 10_000, second * 1000);
  expect(speed).toBe(10_000);
});

test("going back to what the server has begins anew", () => {
  const meter = new SpeedMeter();
  meter.mark(0, 0);
  meter.mark(1_000_000, 1000);
  expect(meter.mark(500_000, 2000)).toBe(0);
  expect(meter.mark(600_000, 3000)).toBe(100_000);
});
