// SPDX-License-Identifier: GPL-3.0-or-later
import { fireEvent, screen, waitFor } from "@testing-library/react";
import { expect, test } from "vitest";
import { mockServer, show } from "../../../tests/mock";
import { TemplateDialog } from "./template-dialog";

const SILENT_GLANCE = [503, { code: 503, message: "无法访问 http://glance:9292" }];

test("a template can be made while the image store does not answer, which is said", async () => {
  const made = { id: 7, name: "教室" };
  const asked = mockServer({
    "GET /api/v1/store-images": SILENT_GLANCE,
    "POST /api/v1/templates": { code: 0, data: made },
  });
  show(<TemplateDialog isOpen kind="public" close={() => {}} />);
  await screen.findByText("无法访问 http://glance:9292");
  fireEvent.change(screen.getByLabelText("名称"), { target: { value: "教室" } });
  fireEvent.click(screen.getByRole("button", { name: /添\s*加/u }));
  await waitFor(() => expect(asked.find(({ method }) => method === "POST")?.body).toMatchObject({ name: "教室", uuid: null }));
});
