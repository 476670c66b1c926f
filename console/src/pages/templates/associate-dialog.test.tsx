// SPDX-License-Identifier: GPL-3.0-or-later
import { fireEvent, screen } from "@testing-library/react";
import { expect, test } from "vitest";
import { mockServer, show, statusWith } from "../../../tests/mock";
import type { Template } from "../../api/templates";
import { AssociateDialog } from "./associate-dialog";

const driver = (id: number, name: string, os_type: number) => ({
  id,
  name,
  os_type,
  type: 2,
  tpl_num: 0,
  size: 1,
  describe: null,
  create_at: "2026-01-01 00:00:00",
});

test("what cannot be associated says why: for another system, or not saved yet", async () => {
  const change = { id: 1, kind: "import", object: "driver", driver_id: 2, name: "new", at: "2026-01-01T00:00:00Z", by: "w" };
  mockServer({
    "GET /api/v1/status": statusWith({ edit: { since: "2026-01-01T00:00:00Z", by: "w", changes: [change] } } as never),
    "GET /thor/voi/driver": { code: 0, data: [driver(1, "saved", 4), driver(2, "new", 4), driver(3, "old", 1)] },
    "GET /thor/voi/image_relate_drive": {
      code: 0,
      universal_driver_id: null,
      extractive_driver_id: null,
      data: [{ id: 1, name: "saved", os_type: 4, type: 2 }],
    },
  });
  const template = { id: 7, name: "office", type: 2, os_type: 4 } as Template;
  show(<AssociateDialog template={template} close={() => {}} />);
  fireEvent.mouseDown(await screen.findByLabelText("提取驱动"));
  const isDisabled = async (label: string | RegExp) => {
    const option = (await screen.findByText(label)).closest(".ant-select-item-option");
    return option?.classList.contains("ant-select-item-option-disabled");
  };
  expect(await isDisabled("saved")).toBe(false);
  expect(await isDisabled("new — 待保存")).toBe(true);
  expect(await isDisabled(/^old — 系统不符/u)).toBe(true);
});
