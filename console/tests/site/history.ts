// SPDX-License-Identifier: GPL-3.0-or-later
// A past for a site that has just begun: what its server would have recorded had it run for a month.
import { execFileSync } from "node:child_process";
import { join } from "node:path";
import type { Server } from "./server.ts";

/** As in `crates/center/src/limits.rs`: seconds and rows. */
const TRACKS = [
  [300, 289],
  [1800, 337],
  [7200, 373],
] as const;
const HOUR = 3600;
const DAY = 24 * HOUR;
const SEATS = 18;
/** How long ago each version was made, in seconds. */
const VERSIONS = [25 * DAY + 2 * HOUR, 19 * DAY + 5 * HOUR, 4 * DAY + 3 * HOUR, 9 * HOUR + 1500];
/** How long ago the disk was made. */
const FOUNDED = 25 * DAY + 3 * HOUR;

interface Standing {
  identical: number;
  waiting: number;
  busy: number;
  behind: number;
  offline: number;
  error: number;
}

/** Gives a site of 18 terminals a past; the times of its versions fit it. */
export function seedHistory(server: Server): void {
  const now = Math.floor(Date.now() / 1000);
  const rows = TRACKS.flatMap(([every, count]) =>
    Array.from({ length: count }, (_, back) => Math.floor(now / every) * every - back * every)
      .filter((at) => !isDown(now - at))
      .map((at) => row(every, at, standing(now - at, at))),
  );
  const versions = VERSIONS.map((ago, index) => `UPDATE versions SET created_at = ${time(now - ago)} WHERE number = ${index + 1};`);
  versions.push(`UPDATE versions SET created_at = ${time(now - FOUNDED)} WHERE number = 0;`);
  const script = ["BEGIN IMMEDIATE;", "DELETE FROM terminal_history;", ...rows, ...versions, "COMMIT;"];
  const run = "import sqlite3, sys; sqlite3.connect(sys.argv[1], timeout=15).executescript(sys.stdin.read())";
  execFileSync("python3", ["-c", run, join(server.dataDirectory, "center.db")], { input: script.join("\n") });
}

const time = (seconds: number) => `'${new Date(seconds * 1000).toISOString().slice(0, 19).replace("T", " ")}'`;

function row(every: number, at: number, { error, busy, waiting, identical, offline, behind }: Standing): string {
  const samples = every / 60;
  const sums = [error, busy, waiting, identical, offline, behind].map((mean) => Math.round(mean * samples));
  return (
    "INSERT INTO terminal_history (every_seconds, begins_at, samples, error, busy, waiting, identical, offline, behind) " +
    `VALUES (${every}, ${time(at)}, ${samples}, ${sums.join(", ")});`
  );
}

/** The server was moved on one morning, and restarted in the last night. */
const isDown = (ago: number) => (ago > 12 * DAY && ago < 12.4 * DAY) || (ago > 15.2 * HOUR && ago < 16.1 * HOUR);

/** What the site would have looked like so long ago; each version goes round within hours, slowly where PCs are off. */
function standing(ago: number, at: number): Standing {
  const age = Math.min(...VERSIONS.filter((made) => made >= ago).map((made) => made - ago));
  const hour = (at / HOUR) % 24;
  const isNight = hour < 0 || hour > 14;
  const wave = (period: number) => (Math.sin(at / period) + 1) / 2;
  const pace = isNight ? 5 * HOUR : 1.6 * HOUR;
  const done = 1 - Math.exp(-age / pace);
  const error = age < 6 * HOUR ? Math.round(1 + wave(5000)) : wave(40_000) > 0.8 ? 1 : 0;
  const busy = Math.min(4, (1 - done) * 9);
  const waiting = age < 10 * HOUR ? Math.max(0, 2.4 * Math.exp(-age / (4 * HOUR)) * wave(3000) + 0.4) : 0;
  const rest = SEATS - error;
  const open = Math.max(0, rest * (1 - done) - busy - waiting);
  const offline = isNight ? open * 0.6 : Math.min(open, 1);
  return { error, busy, waiting, offline, behind: open - offline, identical: rest - busy - waiting - open };
}
