// SPDX-License-Identifier: GPL-3.0-or-later
import { fireEvent, screen, within } from "@testing-library/react";
import { expect, test, vi } from "vitest";
import { show } from "../../tests/mock";
import { Secret } from "./secret";
import { SecretDialog } from "./secret-dialog";

test("a secret goes only by the one button that says so", async () => {
  const close = vi.fn();
  const work = { data: { token: "dc_secret" }, error: null, isPending: false, reset: vi.fn() };
  show(
    <SecretDialog
      isOpen
      title="new"
      okText="make"
      work={work}
      onOk={vi.fn()}
      close={close}
      form={null}
      madeTitle="made"
      once="only now"
      secret={({ token }) => <Secret label="token" text={token} />}
    />,
  );
  const dialog = await screen.findByRole("dialog");
  within(dialog).getByText("dc_secret");
  const leaving = within(dialog).getAllByRole("button").filter((button) => !button.classList.contains("ant-typography-copy"));
  expect(leaving.map(({ textContent }) => textContent)).toEqual(["关闭"]);
  fireEvent.keyDown(dialog, { key: "Escape", keyCode: 27 });
  expect(close).not.toHaveBeenCalled();
  fireEvent.click(within(dialog).getByRole("button", { name: "关闭" }));
  expect(close).toHaveBeenCalledOnce();
  expect(work.reset).toHaveBeenCalledOnce();
});
