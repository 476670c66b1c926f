// SPDX-License-Identifier: GPL-3.0-or-later
import { fireEvent, screen, waitFor, within } from "@testing-library/react";
import { expect, test } from "vitest";
import { mockServer, show, statusWith } from "../../../tests/mock";
import { GrowPanel } from "./grow-panel";

const WHO = { name: "anna", role: "administrator", must_change_password: false };
const GIB = 1 << 30;
const DISK = { virtual_bytes: 256 * GIB, largest_bytes: 8192 * GIB };

function panel(status: object, more: Record<string, unknown> = {}) {
  const asked = mockServer({ "GET /api/v1/status": status, "GET /api/v1/disk": DISK, ...more });
  show(<GrowPanel />, WHO);
  return asked;
}

test("the disk grows to what was typed, after asking", async () => {
  const asked = panel(statusWith({ virtual_bytes: 256 * GIB }), { "POST /api/v1/disk/grow": { id: 1 } });
  const size = await screen.findByRole<HTMLInputElement>("spinbutton", { name: "新的大小（GiB）" });
  expect(size.value).toBe("512");
  fireEvent.change(size, { target: { value: "300" } });
  fireEvent.click(screen.getByRole("button", { name: "扩容" }));
  const dialog = await screen.findByRole("dialog");
  within(dialog).getByText("将驱动盘从 256 GiB 扩大到 300 GiB？");
  expect(asked.every(({ method }) => method === "GET")).toBe(true);
  fireEvent.click(within(dialog).getByRole("button", { name: "扩容" }));
  await waitFor(() => expect(asked.find(({ method }) => method === "POST")?.body).toEqual({ virtual_bytes: 300 * GIB }));
});

test("a refusal is shown where it was asked for, and what is not allowed says why", async () => {
  const refused = [409, { code: 409, message: "有未保存的修改，请先保存或放弃修改" }];
  panel(statusWith({ virtual_bytes: 256 * GIB }), { "POST /api/v1/disk/grow": refused });
  fireEvent.click(await screen.findByRole("button", { name: "扩容" }));
  const dialog = await screen.findByRole("dialog");
  fireEvent.click(within(dialog).getByRole("button", { name: "扩容" }));
  await within(dialog).findByText("有未保存的修改，请先保存或放弃修改");
});

test("a disk that cannot become larger says so", async () => {
  panel(statusWith({ virtual_bytes: 8192 * GIB }), { "GET /api/v1/disk": { ...DISK, virtual_bytes: 8192 * GIB } });
  await screen.findByText(/不能再扩大/);
  expect(screen.queryByRole("button")).toBeNull();
});
