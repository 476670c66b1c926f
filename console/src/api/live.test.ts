// SPDX-License-Identifier: GPL-3.0-or-later
import { QueryClient, QueryObserver } from "@tanstack/react-query";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { Refresher } from "./live";

let queries: QueryClient;
let refresh: Refresher;
let stop: () => void;
let asked: number;
/** How long the server takes. */
let answerMs: number;

beforeEach(async () => {
  vi.useFakeTimers();
  [asked, answerMs] = [0, 10];
  queries = new QueryClient();
  refresh = new Refresher(queries);
  const queryFn = async ({ signal }: { signal: AbortSignal }) => {
    asked += 1;
    await new Promise((done) => setTimeout(done, answerMs));
    return signal.aborted ? -1 : asked;
  };
  stop = new QueryObserver(queries, { queryKey: ["terminals"], queryFn }).subscribe(() => undefined);
  await vi.advanceTimersByTimeAsync(100);
  asked = 0;
});

afterEach(() => {
  stop();
  refresh.stop();
  vi.useRealTimers();
});

/** An event each 50 ms. */
async function events(milliseconds: number): Promise<void> {
  for (let at = 0; at < milliseconds; at += 50) {
    refresh.soon("terminals");
    await vi.advanceTimersByTimeAsync(50);
  }
}

test("many events are one request a second, and the last one is not forgotten", async () => {
  await events(3000);
  expect(asked).toBeLessThanOrEqual(4);
  const before = asked;
  refresh.soon("terminals");
  await vi.advanceTimersByTimeAsync(2000);
  expect(asked).toBe(before + 1);
});

test("an answer that takes long is waited for, and asked for again when something happened meanwhile", async () => {
  answerMs = 2500;
  await events(2400);
  expect(asked).toBe(1);
  await vi.advanceTimersByTimeAsync(200);
  expect(queries.getQueryData(["terminals"])).toBe(1);
  await vi.advanceTimersByTimeAsync(5000);
  expect(asked).toBe(2);
});

test("an event during the first answer, which may be older, asks again", async () => {
  let answers = 0;
  const queryFn = () => new Promise((done) => setTimeout(() => done(++answers), 500));
  const stopFirst = new QueryObserver(queries, { queryKey: ["versions"], queryFn }).subscribe(() => undefined);
  await vi.advanceTimersByTimeAsync(100);
  refresh.soon("versions");
  await vi.advanceTimersByTimeAsync(1000);
  expect(queries.getQueryData(["versions"])).toBe(2);
  stopFirst();
});
