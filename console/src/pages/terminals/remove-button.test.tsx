// SPDX-License-Identifier: GPL-3.0-or-later
import { fireEvent, screen, waitFor, within } from "@testing-library/react";
import { expect, test, vi } from "vitest";
import { mockServer, show } from "../../../tests/mock";
import type { Targets } from "../../api/terminals";
import { RemoveButton } from "./remove-button";

const ADMINISTRATOR = { name: "anna", role: "administrator", must_change_password: false };
const NAMED: Targets = { terminals: ["a1", "b2"] };

function button(answer: unknown, { who = ADMINISTRATOR, targets = NAMED, names = ["3F-01", "3F-02"], count = 2 } = {}) {
  const asked = mockServer({ "GET /api/v1/session": who, "POST /api/v1/terminals/remove": answer });
  const done = vi.fn();
  show(<RemoveButton targets={targets} count={count} names={names} done={done} />, who);
  const removed = () => asked.filter(({ method }) => method === "POST").map(({ body }) => body);
  return { removed, done };
}

async function confirm(said: RegExp, count: number) {
  fireEvent.click(await screen.findByRole("button", { name: "移除终端" }));
  const dialog = await screen.findByRole("dialog");
  within(dialog).getByText(said);
  within(dialog).getByText(/不再列出.*副本会保留/);
  within(dialog).getByText(/再次注册/);
  fireEvent.click(within(dialog).getByRole("button", { name: `移除 ${count} 台终端` }));
}

test("terminals that were chosen are removed after a question that names them", async () => {
  const { removed, done } = button({ code: 0, terminals: 2 });
  await confirm(/^3F-02$/, 2);
  await waitFor(() => expect(done).toHaveBeenCalledOnce());
  expect(removed()).toEqual([{ terminals: ["a1", "b2"], at_most: 2 }]);
  await screen.findByText("已移除 2 台终端");
});

test("all that fit are removed by the filter, after a question that says how many", async () => {
  const targets: Targets = { where: { show: "offline" } };
  const { removed, done } = button({ code: 0, terminals: 119 }, { targets, names: [], count: 120 });
  await confirm(/全部 120 台终端，包括其他页/, 120);
  await waitFor(() => expect(done).toHaveBeenCalledOnce());
  expect(removed()).toEqual([{ where: { show: "offline" }, at_most: 120 }]);
  await screen.findByText("已移除 119 台终端");
});

test("where more fit by now, that is told and they stay chosen", async () => {
  const { done } = button([409, { code: 1, message: "符合条件的终端已变为 121 台" }]);
  await confirm(/^3F-01$/, 2);
  await screen.findByText("符合条件的终端已变为 121 台");
  expect(done).not.toHaveBeenCalled();
});

test("who is no administrator is told so", async () => {
  const { removed } = button({}, { who: { ...ADMINISTRATOR, role: "operator" } });
  const remove = await screen.findByRole("button", { name: "移除终端" });
  expect(remove.getAttribute("aria-description")).toContain("管理员");
  fireEvent.click(remove);
  expect(screen.queryByRole("dialog")).toBeNull();
  expect(removed()).toEqual([]);
});
