// SPDX-License-Identifier: GPL-3.0-or-later
import { fireEvent, screen, waitFor, within } from "@testing-library/react";
import { expect, test, vi } from "vitest";
import { mockServer, show } from "../../../tests/mock";
import { RemoveButton } from "./remove-button";

const ADMINISTRATOR = { name: "anna", role: "administrator", must_change_password: false };
const TERMINALS = [
  { id: "a1", name: "3F-01" },
  { id: "b2", name: "3F-02" },
];

function button(answers: Record<string, unknown>, who = ADMINISTRATOR) {
  const asked = mockServer({ "GET /api/v1/session": who, ...answers });
  const done = vi.fn();
  show(<RemoveButton terminals={TERMINALS} done={done} />, who);
  const removed = () => asked.filter(({ method }) => method === "DELETE").map(({ path }) => path);
  return { removed, done };
}

async function confirm() {
  fireEvent.click(await screen.findByRole("button", { name: "移除终端" }));
  const dialog = await screen.findByRole("dialog");
  within(dialog).getByText("3F-02");
  within(dialog).getByText(/不再列出.*副本会保留/);
  within(dialog).getByText(/再次注册/);
  fireEvent.click(within(dialog).getByRole("button", { name: "移除终端" }));
}

test("terminals are removed after a question; one that is gone already is no failure", async () => {
  const { removed, done } = button({
    "DELETE /api/v1/terminals/a1": [404, { code: 1, message: "终端 a1 不存在" }],
    "DELETE /api/v1/terminals/b2": { code: 0 },
  });
  await confirm();
  await waitFor(() => expect(done).toHaveBeenCalledOnce());
  expect(removed()).toEqual(["/api/v1/terminals/a1", "/api/v1/terminals/b2"]);
});

test("what fails is told, and what comes after it stays", async () => {
  const { removed, done } = button({ "DELETE /api/v1/terminals/a1": [500, { code: 1, message: "数据库忙" }] });
  await confirm();
  await screen.findByText("数据库忙");
  expect(removed()).toEqual(["/api/v1/terminals/a1"]);
  expect(done).not.toHaveBeenCalled();
});

test("who is no administrator is told so", async () => {
  const { removed } = button({}, { ...ADMINISTRATOR, role: "operator" });
  const remove = await screen.findByRole("button", { name: "移除终端" });
  expect(remove.getAttribute("aria-description")).toContain("管理员");
  fireEvent.click(remove);
  expect(screen.queryByRole("dialog")).toBeNull();
  expect(removed()).toEqual([]);
});
