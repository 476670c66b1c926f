// SPDX-License-Identifier: GPL-3.0-or-later
import { fireEvent, screen, waitFor } from "@testing-library/react";
import { Input, Select } from "antd";
import { expect, test, vi } from "vitest";
import { show } from "../../tests/mock";
import { FormDialog } from "./form-dialog";

function dialog(isReady = true) {
  const onOk = vi.fn();
  const work = { error: null, isPending: false, reset: vi.fn() };
  show(
    <FormDialog isOpen title="t" work={work} onOk={onOk} close={vi.fn()} isReady={isReady}>
      <Input aria-label="first" />
      <Select aria-label="choice" options={[{ value: 1, label: "one" }]} />
    </FormDialog>,
  );
  return onOk;
}

test("the first field has the focus, and Enter in it is enough", async () => {
  const onOk = dialog();
  const field = await screen.findByLabelText("first");
  await waitFor(() => expect(document.activeElement).toBe(field));
  // The Enter that ends a word which is being composed says nothing yet.
  fireEvent.keyDown(field, { key: "Enter", isComposing: true });
  fireEvent.keyDown(screen.getByRole("combobox"), { key: "Enter" });
  expect(onOk).not.toHaveBeenCalled();
  fireEvent.keyDown(field, { key: "Enter" });
  expect(onOk).toHaveBeenCalledOnce();
});

test("Enter does no more than the button may", async () => {
  const onOk = dialog(false);
  fireEvent.keyDown(await screen.findByLabelText("first"), { key: "Enter" });
  expect(onOk).not.toHaveBeenCalled();
});
