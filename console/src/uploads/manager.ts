// SPDX-License-Identifier: GPL-3.0-or-later
import { useSyncExternalStore } from "react";
import type { PreviousUpload } from "tus-js-client";
import { bytes } from "../format/bytes";
import { say } from "../text/text";
import { isOver, needsPage, type UploadItem, type UploadKind } from "./item";
import { forget, keptUploads, receivedBytes, terminate } from "./kept";
import { ENDPOINTS, Transfer } from "./transfer";

/** Files that are sent at the same time; the others wait, so that the page keeps connections for itself. */
const AT_ONCE = 2;

let items: readonly UploadItem[] = [];
const transfers = new Map<string, Transfer>();
const left = new Map<string, PreviousUpload>();
const listeners = new Set<() => void>();
let counter = 0;

function publish(next: readonly UploadItem[]): void {
  items = next;
  listeners.forEach((listener) => listener());
  addEventListener("beforeunload", warn);
  if (!items.some(needsPage)) removeEventListener("beforeunload", warn);
}

/** The browser asks whether the page may go while files are being sent. */
const warn = (event: BeforeUnloadEvent) => event.preventDefault();

function change(key: string, part: Partial<UploadItem>): void {
  publish(items.map((item) => (item.key === key ? { ...item, ...part } : item)));
  if (part.state) fill();
}

/** Starts what waits, as far as there is room. */
function fill(): void {
  const busy = items.filter(({ state }) => state === "sending" || state === "reconnecting").length;
  const next = items.filter(({ state }) => state === "queued").slice(0, Math.max(0, AT_ONCE - busy));
  next.forEach(({ key }) => {
    change(key, { state: "sending" });
    void transfers.get(key)?.start();
  });
}

function add(kind: UploadKind, file: File, previous?: PreviousUpload): void {
  const key = `upload-${++counter}`;
  transfers.set(key, new Transfer(kind, file, previous, (part) => change(key, part)));
  publish([...items, { key, kind, name: file.name, size: file.size, state: "queued", sent: 0, speed: 0 }]);
  fill();
}

/** Takes these files in. One that an earlier visit has begun goes on where it was. */
export function upload(kind: UploadKind, files: Iterable<File>): void {
  for (const file of files) {
    const begun = items.find((item) => isSame(item, file) && item.state === "unfinished");
    if (begun) resumeWith(begun.key, file);
    else if (!items.some((item) => isSame(item, file) && !isOver(item))) add(kind, file);
  }
}

const isSame = (item: UploadItem, file: File) => item.name === file.name && item.size === file.size;

/** Goes on with what an earlier visit has begun. */
export function resumeWith(key: string, file: File): void {
  const item = items.find((known) => known.key === key);
  if (!item) return;
  if (!isSame(item, file)) {
    change(key, { trouble: say("uploads.wrongFile", { name: item.name, size: bytes(item.size) }) });
    return;
  }
  publish(items.filter((known) => known.key !== key));
  add(item.kind, file, left.get(key));
  left.delete(key);
}

export function pause(key: string): void {
  void transfers.get(key)?.pause();
  change(key, { state: "paused", speed: 0 });
}

/** Nobody is signed in any more: what goes on, and what waits, waits for whom it belongs to. */
export function pauseAll(): void {
  const running = items.filter(({ state }) => state === "queued" || state === "sending" || state === "reconnecting");
  publish(items.map((item) => (running.includes(item) ? { ...item, state: "paused", speed: 0 } : item)));
  running.forEach(({ key }) => void transfers.get(key)?.pause());
}

/** Somebody else is signed in. The server keeps what was sent for whoever sent it. */
export function forgetAll(): void {
  pauseAll();
  transfers.clear();
  left.clear();
  publish([]);
}

export const resume = (key: string): void => change(key, { state: "queued", trouble: undefined });

/** Gives an upload up; what the server has of it is deleted. */
export async function giveUp(key: string): Promise<void> {
  const [transfer, previous] = [transfers.get(key), left.get(key)];
  dismiss(key);
  await transfer?.giveUp();
  if (previous?.uploadUrl) {
    await terminate(previous.uploadUrl);
    await forget(previous);
  }
}

/** Takes an item off the list; the server is not asked. */
export function dismiss(key: string): void {
  transfers.delete(key);
  left.delete(key);
  publish(items.filter((item) => item.key !== key));
  fill();
}

export const dismissFinished = (): void => publish(items.filter((item) => !isOver(item)));

/** Lists what an earlier visit has begun and this user may go on with. */
export async function findUnfinished(): Promise<void> {
  for (const previous of await keptUploads()) {
    const isKnown = [...left.values()].some((known) => known.urlStorageKey === previous.urlStorageKey);
    const isRunning = [...transfers.values()].some((transfer) => transfer.url === previous.uploadUrl);
    if (isKnown || isRunning || !previous.uploadUrl) continue;
    const place = await receivedBytes(previous.uploadUrl).catch(() => undefined);
    const size = previous.size ?? 0;
    if (place === undefined || place.received >= size) continue;
    const key = `upload-${++counter}`;
    left.set(key, previous);
    const name = previous.metadata.filename ?? "";
    const kind = previous.uploadUrl.includes(ENDPOINTS.printer) ? "printer" : "driver";
    publish([...items, { key, kind, name, size, state: "unfinished", sent: place.received, speed: 0 }]);
  }
}

const subscribe = (listener: () => void) => {
  listeners.add(listener);
  return () => listeners.delete(listener);
};

export const useUploads = () => useSyncExternalStore(subscribe, () => items);
