// SPDX-License-Identifier: GPL-3.0-or-later
import { fireEvent, screen, waitFor } from "@testing-library/react";
import { expect, test } from "vitest";
import { mockServer, show } from "../../../tests/mock";
import { UpdatesTab } from "./updates-tab";

const OPERATOR = { name: "oskar", role: "operator", must_change_password: false };
const STATE = {
  rules: { windows: [{ days: [1, 5], from: "22:00", to: "06:00" }], utc_offset_minutes: 480, bytes_per_second: 20 * 1024 * 1024 },
  is_open: false,
  changes_in_seconds: 5400,
  bytes_per_second_min: 65536,
};

function tab(who = OPERATOR, more: Record<string, unknown> = {}) {
  const asked = mockServer({ "GET /api/v1/session": who, "GET /api/v1/distribution": STATE, ...more });
  show(<UpdatesTab />, who);
  return asked;
}

test("rules are shown, changed and sent whole", async () => {
  const asked = tab(OPERATOR, { "PUT /api/v1/distribution": STATE });
  await screen.findByText("1 小时 30 分钟后开放");
  fireEvent.click(screen.getByRole("button", { name: "添加时段" }));
  fireEvent.change(screen.getAllByLabelText("开始")[1]!, { target: { value: "12:00" } });
  fireEvent.change(screen.getAllByLabelText("结束")[1]!, { target: { value: "13:00" } });
  fireEvent.click(screen.getByRole("button", { name: "保存设置" }));
  await waitFor(() => expect(asked.find(({ method }) => method === "PUT")).toBeDefined());
  expect(asked.find(({ method }) => method === "PUT")?.body).toEqual({
    windows: [STATE.rules.windows[0], { days: [], from: "12:00", to: "13:00" }],
    utc_offset_minutes: 480,
    bytes_per_second: 20 * 1024 * 1024,
  });
});

test("what the server refuses is shown", async () => {
  tab(OPERATOR, { "PUT /api/v1/distribution": [400, { code: 400, message: "更新时段过多，最多 20 个" }] });
  fireEvent.click(await screen.findByRole("button", { name: "保存设置" }));
  await screen.findByText("更新时段过多，最多 20 个");
});

test("a viewer changes nothing, and is told why", async () => {
  const asked = tab({ ...OPERATOR, role: "viewer" });
  const save = await screen.findByRole<HTMLButtonElement>("button", { name: "保存设置" });
  expect([save.disabled, save.getAttribute("aria-description")]).toEqual([false, "需要操作员权限"]);
  expect(screen.getByLabelText<HTMLInputElement>("开始").disabled).toBe(true);
  fireEvent.click(save);
  await waitFor(() => expect(asked.every(({ method }) => method === "GET")).toBe(true));
});
