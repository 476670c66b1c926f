// SPDX-License-Identifier: GPL-3.0-or-later
import { fireEvent, screen, within } from "@testing-library/react";
import { expect, test, vi } from "vitest";
import { show } from "../../../tests/mock";
import type { TerminalHistory } from "../../api/terminals";
import { HistoryView } from "./history-view";

// There is no canvas here; the journeys in a browser have one.
vi.mock("./history-chart", () => ({ HistoryChart: () => <i>chart</i> }));

const kinds = { busy: 1, waiting: 0.5, behind: 2, offline: 0, error: 3 };
const KNOWN: TerminalHistory = {
  from: "2026-03-01T00:00:00Z",
  until: "2026-03-02T00:01:00Z",
  every_seconds: 300,
  points: [
    { at: "2026-03-01T23:55:00Z", identical: 4, ...kinds },
    { at: "2026-03-02T00:00:00Z", identical: 1200.25, ...kinds },
  ],
  versions: [{ number: 7, at: "2026-03-01T23:57:00Z" }],
};

test("the picture says in words how it stands, and the table has every number, newest first", async () => {
  show(<HistoryView history={KNOWN} />);
  await screen.findByText("chart");
  screen.getByRole("img", { name: /一致 1,200\.25, 待切换 0\.5, 更新中 1/ });
  screen.getByText(/最早的记录/);
  const details = screen.getByText("以表格显示").closest("details");
  if (!details) throw new Error("no table");
  expect(within(details).queryByRole("table")).toBeNull();
  details.open = true;
  fireEvent(details, new Event("toggle"));
  const rows = await within(details).findAllByRole("row");
  expect(rows.map((row) => within(row).queryAllByRole("cell").map(({ textContent }) => textContent))).toEqual([
    [],
    ["1,200.25", "0.5", "1", "2", "0", "3", ""],
    ["4", "0.5", "1", "2", "0", "3", "7"],
  ]);
});

test("before the first point it says when there will be one", () => {
  show(<HistoryView history={{ ...KNOWN, points: [] }} />);
  screen.getByText("还没有记录");
  screen.getByText(/几分钟后/);
  expect(screen.queryByRole("img")).toBeNull();
});
