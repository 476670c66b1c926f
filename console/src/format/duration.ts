// SPDX-License-Identifier: GPL-3.0-or-later
import { say } from "../text/text";

/** How long something still takes, roughly and in words. */
export function remaining(seconds: number): string {
  if (seconds < 2) return say("duration.soon");
  if (seconds < 90) return say("duration.seconds", { count: Math.round(seconds) });
  const minutes = Math.round(seconds / 60);
  if (minutes < 90) return say("duration.minutes", { count: minutes });
  return say("duration.hours", { hours: Math.floor(minutes / 60), minutes: minutes % 60 });
}
