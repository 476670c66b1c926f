// SPDX-License-Identifier: GPL-3.0-or-later
import type { TerminalHistory } from "../../api/terminals";
import { clock, day } from "../../format/time";
import { type Language, say } from "../../text/text";
import { KINDS, marksOf, placesOf } from "./history-data";
import { tipOf } from "./history-tip";

/** A colour of the page as it is now: a canvas knows no variables. */
const colour = (name: string) => getComputedStyle(document.documentElement).getPropertyValue(name).trim();

/** What the chart draws. */
export function optionOf(history: TerminalHistory, language: Language) {
  const places = placesOf(history);
  return {
    animation: false,
    grid: { left: 40, right: 16, top: 26, bottom: 24 },
    xAxis: timeAxis(history, language),
    yAxis: {
      type: "value",
      min: 0,
      minInterval: 1,
      axisLabel: { color: colour("--ink-faint") },
      splitLine: { lineStyle: { color: colour("--line") } },
    },
    tooltip: {
      trigger: "axis",
      confine: true,
      transitionDuration: 0,
      backgroundColor: colour("--card"),
      borderColor: colour("--line"),
      textStyle: { color: colour("--ink"), fontSize: 13 },
      axisPointer: { type: "line", lineStyle: { color: colour("--ink-faint") } },
      formatter: (items: { dataIndex: number }[]) => tipOf(history, places[items[0]?.dataIndex ?? -1], language),
    },
    series: KINDS.map(({ key, colour: name, opacity }, index) => ({
      type: "line",
      name: say(`overview.historyKinds.${key}`),
      stack: "terminals",
      // Places lie in the middle of what they stand for.
      step: "middle",
      symbol: "none",
      silent: true,
      lineStyle: { width: 0 },
      itemStyle: { color: colour(name) },
      areaStyle: { color: colour(name), opacity },
      data: places.map(({ at, point }) => [at, point ? point[key] : null]),
      ...(index === KINDS.length - 1 && { markLine: versionLines(history) }),
    })),
  };
}

function timeAxis({ from, until }: TerminalHistory, language: Language) {
  const label = (value: number) => {
    const time = new Date(value);
    return time.getHours() + time.getMinutes() === 0 ? day(time, language) : clock(time, language);
  };
  return {
    type: "time",
    min: Date.parse(from),
    max: Date.parse(until),
    axisLabel: { color: colour("--ink-faint"), hideOverlap: true, formatter: label },
    axisLine: { lineStyle: { color: colour("--line") } },
    axisTick: { lineStyle: { color: colour("--line") } },
  };
}

/** The part of the time at the right within which a label ends at its line, so that it is not cut off. */
const EDGE = 0.06;

function versionLines(history: TerminalHistory) {
  const [from, until] = [Date.parse(history.from), Date.parse(history.until)];
  const isAtEdge = (at: number) => until - at < (until - from) * EDGE;
  return {
    silent: true,
    symbol: "none",
    lineStyle: { color: colour("--ink-soft"), type: "dashed", width: 1 },
    label: { color: colour("--ink-soft"), fontSize: 12, distance: 4 },
    data: marksOf(history).map(({ at, number, hasLabel }) => ({
      xAxis: at,
      label: {
        show: hasLabel,
        formatter: say("versions.number", { number }),
        ...(isAtEdge(at) && { align: "right" as const }),
      },
    })),
  };
}
