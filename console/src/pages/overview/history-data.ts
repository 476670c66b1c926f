// SPDX-License-Identifier: GPL-3.0-or-later
import type { TerminalHistory, TerminalPoint } from "../../api/terminals";

/** From the bottom of the chart to its top; the colours are those of the states everywhere else. */
export const KINDS = [
  { key: "identical", colour: "--good", opacity: 0.75 },
  { key: "waiting", colour: "--accent", opacity: 0.4 },
  { key: "busy", colour: "--accent", opacity: 0.9 },
  { key: "behind", colour: "--warn", opacity: 0.75 },
  { key: "offline", colour: "--ink-faint", opacity: 0.4 },
  { key: "error", colour: "--bad", opacity: 0.9 },
] as const;

/** A place of the chart: what was there, or that nothing is known. */
export interface Place {
  at: number;
  point: TerminalPoint | null;
}

/** Versions closer to each other than this part of the chart's width share a label. */
const LABEL_PART = 0.045;

/**
 * The points as places on the axis of time: each in the middle of the time that it stands for, every unbroken run of them
 * from its begin to its end, and between runs places where nothing is known.
 */
export function placesOf({ from, until, every_seconds, points }: TerminalHistory): Place[] {
  const step = every_seconds * 1000;
  const last = Date.parse(until);
  const places: Place[] = [];
  let end = Date.parse(from);
  points.forEach((point, index) => {
    const at = Date.parse(point.at);
    const next = points[index + 1];
    if (index === 0 || at > end) {
      if (at > end) places.push({ at: end + 1, point: null }, { at: at - 1, point: null });
      places.push({ at, point });
    }
    end = Math.min(at + step, Math.max(last, at + 1));
    places.push({ at: (at + end) / 2, point });
    if (!next || Date.parse(next.at) > end) places.push({ at: end, point });
  });
  return places;
}

export interface Mark {
  at: number;
  number: number;
  hasLabel: boolean;
}

/** Where versions were made; a label where there is room for it, and always at the last one of a group. */
export function marksOf({ from, until, versions }: TerminalHistory): Mark[] {
  const room = (Date.parse(until) - Date.parse(from)) * LABEL_PART;
  const all = versions.map(({ at, number }) => ({ at: Date.parse(at), number }));
  let next = Infinity;
  const marks = all.toReversed().map((mark) => {
    const hasLabel = next - mark.at >= room;
    if (hasLabel) next = mark.at;
    return { ...mark, hasLabel };
  });
  return marks.reverse();
}

/** The versions that were made in the time that a point stands for. */
export function versionsIn(history: TerminalHistory, point: TerminalPoint): number[] {
  const begin = Date.parse(point.at);
  const isIn = (at: number) => at >= begin && at < begin + history.every_seconds * 1000;
  return history.versions.filter(({ at }) => isIn(Date.parse(at))).map(({ number }) => number);
}
