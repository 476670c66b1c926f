// SPDX-License-Identifier: GPL-3.0-or-later
import type { Language } from "../text/text";

const tag = (language: Language) => (language === "zh" ? "zh-CN" : "en-GB");

/** A moment as the interface gives it: RFC 3339, or `YYYY-MM-DD HH:MM:SS` in UTC. */
export function moment(text: string): Date {
  return new Date(/^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d$/.test(text) ? `${text.replace(" ", "T")}Z` : text);
}

const STEPS: readonly [unit: Intl.RelativeTimeFormatUnit, seconds: number][] = [
  ["year", 365 * 86_400],
  ["month", 30 * 86_400],
  ["day", 86_400],
  ["hour", 3600],
  ["minute", 60],
];

/** How long ago, or how long until, in words. */
export function relative(time: Date, now: Date, language: Language): string {
  const seconds = (time.getTime() - now.getTime()) / 1000;
  const format = new Intl.RelativeTimeFormat(tag(language), { numeric: "auto" });
  const step = STEPS.find(([, length]) => Math.abs(seconds) >= length);
  if (!step) return language === "zh" ? (seconds > 5 ? "即将" : "刚刚") : seconds > 5 ? "in a moment" : "just now";
  return format.format(Math.trunc(seconds / step[1]), step[0]);
}

/** The day, in the zone of the reader. */
export const day = (time: Date, language: Language): string =>
  new Intl.DateTimeFormat(tag(language), { month: "short", day: "numeric" }).format(time);

/** The time of the day, in the zone of the reader. */
export const clock = (time: Date, language: Language): string =>
  new Intl.DateTimeFormat(tag(language), { hour: "2-digit", minute: "2-digit", hourCycle: "h23" }).format(time);

/** The exact time in the zone of the reader. */
export function exact(time: Date, language: Language): string {
  const shape: Intl.DateTimeFormatOptions = {
    year: "numeric",
    month: "2-digit",
    day: "2-digit",
    hour: "2-digit",
    minute: "2-digit",
    second: "2-digit",
    hourCycle: "h23",
    timeZoneName: "short",
  };
  return new Intl.DateTimeFormat(tag(language), shape).format(time);
}
