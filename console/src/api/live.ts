// SPDX-License-Identifier: GPL-3.0-or-later
import type { InvalidateQueryFilters, QueryClient } from "@tanstack/react-query";
import { useEffect, useSyncExternalStore } from "react";
import { type CenterEvent, listen } from "./event-stream";
import type { Job } from "./jobs";
import type { Operation, Status } from "./status";

/** Lists that many events concern are fetched again at most this often. */
const REST_MS = 1000;
/** When what an event concerns is fetched the second time. */
const LATER_MS = 1500;
/** A page in the background gives its connection up after so long: browsers allow few to one server. */
const BACKGROUND_MS = 20_000;

/** Keeps what is cached up to date while the calling component is shown. */
export function useLive(queries: QueryClient): void {
  useEffect(() => {
    let stop = start(queries);
    let timer: ReturnType<typeof setTimeout> | undefined;
    const visibility = () => {
      clearTimeout(timer);
      if (document.visibilityState === "hidden") {
        timer = setTimeout(() => (stop?.(), (stop = undefined)), BACKGROUND_MS);
      } else {
        stop ??= start(queries);
      }
    };
    document.addEventListener("visibilitychange", visibility);
    return () => {
      document.removeEventListener("visibilitychange", visibility);
      clearTimeout(timer);
      stop?.();
    };
  }, [queries]);
}

type Stop = (() => void) | undefined;

function start(queries: QueryClient): Stop {
  const ending = new AbortController();
  const refresh = new Refresher(queries);
  let wasLost = false;
  const listener = {
    opened: () => {
      connection.set(true);
      // The server also ends a connection to whoever has another role now.
      void askAnew(queries, wasLost ? {} : { predicate: isLive });
    },
    event: (event: CenterEvent) => take(queries, refresh, event),
    lost: (status: number) => {
      wasLost = true;
      connection.set(false);
      if (status === 401) queries.setQueryData(["session"], null);
    },
  };
  void listen(listener, ending.signal);
  return () => (ending.abort(), refresh.stop());
}

/**
 * Asks again for what is shown. For a first answer that is on its way the cache waits instead, and that one may be older
 * than what has happened: it is asked for once more.
 */
async function askAnew(queries: QueryClient, filters: InvalidateQueryFilters): Promise<void> {
  const shown = queries.getQueryCache().findAll({ ...filters, type: "active" });
  const first = shown.filter(({ state }) => state.data === undefined && state.fetchStatus === "fetching");
  await queries.invalidateQueries(filters);
  await Promise.all(first.map(({ queryKey }) => queries.invalidateQueries({ queryKey, exact: true })));
}

/** Everything but the session follows the events. */
const isLive = ({ queryKey }: { queryKey: readonly unknown[] }) => queryKey[0] !== "session";

function take(queries: QueryClient, refresh: Refresher, event: CenterEvent): void {
  switch (event.event) {
    case "status":
      return refresh.soonAndLater("status");
    case "drivers":
      refresh.soonAndLater("status");
      // What fits a template follows the drivers, and what is saved of them.
      return refresh.soon("drivers", "files", "templates");
    case "printers":
      refresh.soonAndLater("status");
      return refresh.soon("printers", "files");
    case "templates":
      return refresh.soon("templates", "desktops", "drivers");
    case "version":
      refresh.soon("status", "versions", "terminals", "terminal-history");
      return refresh.soon("drivers", "printers", "files", "templates");
    case "terminal":
      return refresh.soon("terminals");
    case "operation":
      return takeOperation(queries, event);
    case "job":
      return takeJob(queries, refresh, event);
  }
}

/** Its end is told by `status`, and a version that it makes by `version`. */
function takeOperation(queries: QueryClient, operation: Operation): void {
  queries.setQueryData<Status>(["status"], (status) => status && { ...status, operation });
}

function takeJob(queries: QueryClient, refresh: Refresher, job: Job): void {
  const isNew = queries.getQueryData(["jobs", job.id]) === undefined;
  queries.setQueryData(["jobs", job.id], job);
  // While it runs, and when it has ended, other things may be done.
  if (isNew || job.state !== "running") refresh.soonAndLater("status");
  const list = queries.getQueryData<Job[]>(["jobs"]);
  if (!list?.some((known) => known.id === job.id)) return refresh.soon("jobs");
  queries.setQueryData<Job[]>(
    ["jobs"],
    list.map((known) => (known.id === job.id ? job : known)),
  );
}

/** Fetches queries anew, each at most once in a while, and never forgets the last time. */
export class Refresher {
  readonly #queries: QueryClient;
  readonly #waiting = new Map<string, ReturnType<typeof setTimeout>>();
  /** What is on its way, and whether something has happened since that asks for it again. */
  readonly #running = new Map<string, boolean>();
  readonly #last = new Map<string, number>();
  #isStopped = false;

  constructor(queries: QueryClient) {
    this.#queries = queries;
  }

  soon(...keys: string[]): void {
    for (const key of keys) {
      if (this.#running.has(key)) this.#running.set(key, true);
      else if (!this.#waiting.has(key)) this.#schedule(key);
    }
  }

  /**
   * Now, and once more: an event is told by whoever still holds the disk, and only a moment later does the server say
   * that it may be changed again.
   */
  soonAndLater(key: string): void {
    this.soon(key);
    if (this.#waiting.has(`later ${key}`)) return;
    const run = () => {
      this.#waiting.delete(`later ${key}`);
      this.soon(key);
    };
    this.#waiting.set(`later ${key}`, setTimeout(run, LATER_MS));
  }

  #schedule(key: string): void {
    const since = Date.now() - (this.#last.get(key) ?? 0);
    this.#waiting.set(key, setTimeout(() => void this.#run(key), Math.max(0, REST_MS - since)));
  }

  /** An answer that takes longer than the rest is waited for: events must not cut each attempt off. */
  async #run(key: string): Promise<void> {
    this.#waiting.delete(key);
    this.#last.set(key, Date.now());
    this.#running.set(key, false);
    await askAnew(this.#queries, { queryKey: [key] });
    const isAsked = this.#running.get(key);
    this.#running.delete(key);
    if (isAsked && !this.#isStopped) this.#schedule(key);
  }

  stop(): void {
    this.#isStopped = true;
    this.#waiting.forEach((timer) => clearTimeout(timer));
    this.#waiting.clear();
  }
}

/** Whether events come in. */
const connection = {
  stands: true,
  listeners: new Set<() => void>(),
  set(stands: boolean) {
    this.stands = stands;
    this.listeners.forEach((listener) => listener());
  },
};

const subscribe = (listener: () => void) => {
  connection.listeners.add(listener);
  return () => connection.listeners.delete(listener);
};

/** Whether this page hears what happens; while not, what it shows may be old. */
export const useConnection = () => useSyncExternalStore(subscribe, () => connection.stands);
