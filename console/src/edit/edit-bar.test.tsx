// SPDX-License-Identifier: GPL-3.0-or-later
import { fireEvent, screen, waitFor, within } from "@testing-library/react";
import { expect, test } from "vitest";
import { mockServer, show, statusWith } from "../../tests/mock";
import { EditBar } from "./edit-bar";
import { HeldBanner } from "./held-banner";

const OPERATOR = { name: "oskar", role: "operator", must_change_password: false };
const CHANGE = {
  kind: "import",
  object: "driver",
  driver_id: 1,
  name: "网卡",
  created_at: "2026-11-27T00:00:00Z",
  created_by: "oskar",
};
const EDIT = { opened_at: "2026-11-27T00:00:00Z", opened_by: "oskar", base_version: 3, changes: [CHANGE] };

function bar(status: object, more: Record<string, unknown> = {}, who = OPERATOR) {
  const asked = mockServer({ "GET /api/v1/session": who, "GET /api/v1/status": status, ...more });
  const queries = show(<EditBar />, who);
  return { asked, queries };
}

test("while nothing is edited, an edit can be begun", async () => {
  const { asked } = bar(statusWith({}), { "POST /api/v1/edit": { code: 0 } });
  fireEvent.click(await screen.findByRole("button", { name: "管理驱动" }));
  await waitFor(() => expect(asked.some(({ method, path }) => method === "POST" && path === "/api/v1/edit")).toBe(true));
  expect(asked.every(({ language }) => language === "zh")).toBe(true);
});

test("a button that may not be pressed gives the server's reason and does nothing", async () => {
  const { asked } = bar(statusWith({ edit: EDIT, refused: { save: "有终端正在更新，更新结束后才能保存" } }));
  const save = await screen.findByRole("button", { name: "保存" });
  await waitFor(() => expect(save.getAttribute("aria-description")).toBe("有终端正在更新，更新结束后才能保存"));
  expect(save.getAttribute("aria-disabled")).toBe("true");
  fireEvent.click(save);
  expect(screen.queryByRole("dialog")).toBeNull();
  // The reason stands there for who does not point at the button, and what is pending can be read all the same.
  screen.getByText("有终端正在更新，更新结束后才能保存");
  expect(screen.queryByText("网卡")).toBeNull();
  fireEvent.click(screen.getByRole("button", { name: "查看更改" }));
  screen.getByText("网卡");
  expect(asked.every(({ method }) => method === "GET")).toBe(true);
});

test("an edit of somebody else can be taken over after a question", async () => {
  const held = { ...EDIT, held_by: "anna", held_until: "2099-01-01T00:00:00Z" };
  const status = statusWith({ edit: held, refused: { save: "anna 正在编辑驱动" } });
  status.allowed_actions.push({ action: "take_over", allowed: true });
  const admin = { ...OPERATOR, role: "administrator" };
  const asked = mockServer({
    "GET /api/v1/session": admin,
    "GET /api/v1/status": status,
    "POST /api/v1/edit/take-over": { code: 0 },
  });
  show(<HeldBanner />, admin);
  await screen.findByText(/^anna 正在编辑驱动/);
  fireEvent.click(screen.getByRole("button", { name: "接管编辑" }));
  const dialog = await screen.findByRole("dialog");
  within(dialog).getByText(/1 项更改/);
  fireEvent.click(within(dialog).getByRole("button", { name: "接管编辑" }));
  await waitFor(() => expect(asked.some(({ path }) => path === "/api/v1/edit/take-over")).toBe(true));
});

test("nobody is told of the own edit", async () => {
  const status = statusWith({ edit: { ...EDIT, held_by: "oskar", held_until: "2099-01-01T00:00:00Z" } });
  status.allowed_actions.push({ action: "take_over", allowed: false, reason: "无需接管" });
  mockServer({ "GET /api/v1/session": OPERATOR, "GET /api/v1/status": status });
  show(
    <>
      <EditBar />
      <HeldBanner />
    </>,
    OPERATOR,
  );
  await screen.findByRole("button", { name: "保存" });
  expect(screen.queryByText(/正在编辑驱动/)).toBeNull();
});

test("a viewer is told which role it takes", async () => {
  const needed = "需要操作员权限";
  bar(statusWith({ refused: { edit: needed } }), {}, { ...OPERATOR, role: "viewer" });
  const begin = await screen.findByRole("button", { name: "管理驱动" });
  expect(begin.getAttribute("aria-description")).toBe(needed);
});

test("the dialog lists the changes, sends the note, and keeps it when the save is refused", async () => {
  const refusal = [423, { code: 423, message: "驱动中心正忙，请稍后再试" }];
  const { asked } = bar(statusWith({ edit: EDIT }), { "GET /api/v1/terminals": [], "POST /api/v1/save": refusal });
  fireEvent.click(await screen.findByRole("button", { name: "保存" }));
  const dialog = await screen.findByRole("dialog");
  within(dialog).getByText("网卡");
  within(dialog).getByText("保存为版本 4");
  fireEvent.change(within(dialog).getByLabelText("说明（可选）"), { target: { value: " 新机型 " } });
  fireEvent.click(within(dialog).getByRole("button", { name: "保存" }));
  await within(dialog).findByText("驱动中心正忙，请稍后再试");
  expect(asked.find(({ path }) => path === "/api/v1/save")?.body).toEqual({ note: "新机型" });
  expect(within(dialog).getByLabelText<HTMLInputElement>("说明（可选）").value).toBe(" 新机型 ");
});

test("a merge shows its step, also one that is newer than this console", async () => {
  const operation = {
    id: 1,
    kind: "save",
    created_by: "oskar",
    created_at: "2026-11-27T00:00:00Z",
    steps_total: 7,
    steps_done: 3,
    step: "apply",
  };
  const { queries } = bar(statusWith({ mount_status: 2, edit: EDIT, operation }));
  await screen.findByText("第 4 步，共 7 步：写入驱动盘");
  queries.setQueryData(["status"], statusWith({ mount_status: 2, operation: { ...operation, step: "polish" } }));
  await screen.findByText("第 4 步，共 7 步：polish");
  expect(screen.queryByRole("button")).toBeNull();
});

test("the error state says why and restores only after showing the plan", async () => {
  const job = { id: "j", kind: "plan", state: "succeeded", subject: "", created_at: "", created_by: "", done: 0, total: 0 };
  const plan = {
    action: "rebuild",
    version: 3,
    findings: [{ id: "found.base", text: "驱动盘缺失", mend: "用备份重建", mended_by: "archive" }],
    steps: ["重建驱动盘"],
    lost: ["旧声卡"],
  };
  const { asked } = bar(statusWith({ mount_status: 3, problem: "磁盘空间不足" }), {
    "POST /api/v1/restore/plan": job,
    "GET /api/v1/jobs/j": job,
    "GET /api/v1/restore/plan": plan,
    "POST /api/v1/restore": { id: 9, kind: "restore", step: "settle", steps_done: 0, steps_total: 3, created_at: "", created_by: "" },
  });
  await screen.findByText("磁盘空间不足");
  fireEvent.click(screen.getByRole("button", { name: "恢复" }));
  const dialog = await screen.findByRole("dialog");
  await within(dialog).findByText("旧声卡");
  const start = within(dialog).getByRole<HTMLButtonElement>("button", { name: "开始恢复" });
  expect(start.disabled).toBe(true);
  fireEvent.click(within(dialog).getByRole("checkbox"));
  await waitFor(() => expect(start.disabled).toBe(false));
  fireEvent.click(start);
  await waitFor(() => expect(asked.find(({ path }) => path === "/api/v1/restore")?.body).toEqual({ accept_loss: true }));
});

test.each([
  [true, /接管的磁盘将原样发布为版本 1/, "保存为版本 1"],
  [false, /直接退出编辑状态/, null],
])("of a disk that was taken over (%s) the dialog says what a save without changes does", async (taken, words, title) => {
  bar(statusWith({ version: 0, publishes_unchanged: taken, edit: { ...EDIT, changes: [] } }));
  fireEvent.click(await screen.findByRole("button", { name: "保存" }));
  const dialog = within(await screen.findByRole("dialog"));
  dialog.getByText(words);
  expect(dialog.queryByText(/^保存为版本/)?.textContent ?? null).toBe(title);
  expect(dialog.queryByLabelText("说明（可选）") !== null).toBe(taken);
});
