// SPDX-License-Identifier: GPL-3.0-or-later
import { currentLanguage } from "../text/text";
import type { Wire } from "./client";

export type CenterEvent = Wire<"Event">;

/** Pauses before the next attempt; the last one repeats. */
const PAUSES_MS = [500, 1000, 2000, 5000, 10000];
/** The server shows every 15 s that it lives; silence for longer means that the connection is dead. */
const SILENCE_MS = 40_000;

export interface Listener {
  /** The connection stands; what happened before is not told. */
  opened(): void;
  event(event: CenterEvent): void;
  /** The connection broke off; it is tried again. `status` is 0 when there was no answer. */
  lost(status: number): void;
}

/**
 * Listens to everything that happens, until `signal`. Not an `EventSource`: that one can neither say the language nor
 * tell that the session has ended.
 */
export async function listen(listener: Listener, signal: AbortSignal): Promise<void> {
  for (let attempt = 0; !signal.aborted; attempt++) {
    const status = await once(listener, signal, () => (attempt = 0));
    if (signal.aborted) return;
    listener.lost(status);
    await pause(PAUSES_MS[Math.min(attempt, PAUSES_MS.length - 1)] ?? 0, signal);
  }
}

async function once(listener: Listener, signal: AbortSignal, begun: () => void): Promise<number> {
  const silence = new AbortController();
  let timer = setTimeout(() => silence.abort(), SILENCE_MS);
  try {
    const response = await fetch("/api/v1/events", {
      headers: { accept: "text/event-stream", "accept-language": currentLanguage() },
      signal: AbortSignal.any([signal, silence.signal]),
    });
    if (!response.ok || response.body === null) return response.status;
    begun();
    listener.opened();
    const parser = new Parser();
    const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
    for (;;) {
      const { done, value } = await reader.read();
      if (done) return 0;
      clearTimeout(timer);
      timer = setTimeout(() => silence.abort(), SILENCE_MS);
      parser.feed(value).forEach((event) => listener.event(event));
    }
  } catch {
    return 0;
  } finally {
    clearTimeout(timer);
  }
}

/** Server-sent events as far as this server uses them: `data:` lines with JSON, ended by an empty line. */
export class Parser {
  #rest = "";
  #data = "";

  /** Takes the next text and answers the events that it completes. */
  feed(text: string): CenterEvent[] {
    const lines = (this.#rest + text).split("\n");
    this.#rest = lines.pop() ?? "";
    return lines.flatMap((line) => this.#line(line.replace(/\r$/, "")));
  }

  #line(line: string): CenterEvent[] {
    if (line.startsWith("data:")) this.#data += line.slice(5).trimStart();
    if (line !== "" || this.#data === "") return [];
    const data = this.#data;
    this.#data = "";
    try {
      return [JSON.parse(data) as CenterEvent];
    } catch {
      return [];
    }
  }
}

function pause(milliseconds: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, milliseconds);
    signal.addEventListener("abort", () => (clearTimeout(timer), resolve()), { once: true });
  });
}
