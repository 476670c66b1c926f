// SPDX-License-Identifier: GPL-3.0-or-later
import { expect, test } from "vitest";
import { Parser } from "./event-stream";

test("events are read wherever the stream is cut", () => {
  const text = 'event: status\ndata: {"event":"status"}\n\n: alive\n\nevent: version\r\ndata: {"event":"version","number":7}\r\n\r\n';
  for (let cut = 0; cut <= text.length; cut++) {
    const parser = new Parser();
    const events = [...parser.feed(text.slice(0, cut)), ...parser.feed(text.slice(cut))];
    expect(events, `cut at ${cut}`).toEqual([{ event: "status" }, { event: "version", number: 7 }]);
  }
});

test("what is no event is passed over", () => {
  expect(new Parser().feed("data: {not json\n\ndata: {\"event\":\"drivers\"}\n\n")).toEqual([{ event: "drivers" }]);
});
