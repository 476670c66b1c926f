// SPDX-License-Identifier: GPL-3.0-or-later

/** Time over which a speed is measured. */
const SPAN_MS = 5000;

/** Bytes in a second over the last seconds; steadier than the last event, and quicker than the average of all. */
export class SpeedMeter {
  #marks: { at: number; bytes: number }[] = [];

  /** Notes that `bytes` are done at `at` (milliseconds), and answers the speed; 0 while it is unknown. */
  mark(bytes: number, at: number): number {
    const last = this.#marks.at(-1);
    // Less than before: it began anew, from what the server has.
    if (last && bytes < last.bytes) this.#marks = [];
    this.#marks.push({ at, bytes });
    while (this.#marks.length > 2 && at - (this.#marks[0]?.at ?? at) > SPAN_MS) this.#marks.shift();
    const first = this.#marks[0];
    const seconds = first ? (at - first.at) / 1000 : 0;
    return first && seconds > 0.2 ? (bytes - first.bytes) / seconds : 0;
  }
}
