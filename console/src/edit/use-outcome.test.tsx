// SPDX-License-Identifier: GPL-3.0-or-later
import { useQuery } from "@tanstack/react-query";
import { act, screen, waitFor } from "@testing-library/react";
import { expect, test, vi } from "vitest";
import { mockServer, show, statusWith } from "../../tests/mock";
import { MountStatus, type Status, statusQuery } from "../api/status";
import { useOutcome } from "./use-outcome";

const { merging, restoring, error } = MountStatus;
const RESTORE = {
  ...{ id: 7, kind: "restore", step: "clean", steps_done: 1, steps_total: 2 },
  ...{ created_by: "anna", created_at: "2026-11-27T00:00:00Z" },
};

function Watcher({ restored }: { restored: (operation: number) => void }) {
  useOutcome(useQuery({ ...statusQuery, staleTime: Infinity }).data, restored);
  return null;
}

/** Lets a page see one status after the other; the last one is at rest. */
async function watch(...seen: Partial<Status>[]) {
  const [first = {}, ...later] = seen.map(statusWith);
  mockServer({ "GET /api/v1/status": first });
  const restored = vi.fn();
  const queries = show(<Watcher restored={restored} />);
  await waitFor(() => expect(queries.getQueryData(["status"])).toEqual(first));
  for (const status of later) {
    await act(async () => {
      queries.setQueryData(["status"], status);
      await new Promise((done) => setTimeout(done));
    });
  }
  return restored;
}

test("a save whose version was seen before its end is told as published", async () => {
  await watch({ version: 0 }, { version: 0, mount_status: merging }, { version: 1, mount_status: merging }, { version: 1 });
  await screen.findByText("版本 1 已发布");
  expect(screen.queryByText(/没有需要保存的更改/)).toBeNull();
});

test("a save that was too fast to be seen is told, too", async () => {
  await watch({ version: 1 }, { version: 2 });
  await screen.findByText("版本 2 已发布");
});

test("a save without changes says so", async () => {
  await watch({ version: 2 }, { version: 2, mount_status: merging }, { version: 2 });
  await screen.findByText(/没有需要保存的更改/);
});

test("a page that came in between says nothing", async () => {
  await watch({ version: 3, mount_status: merging }, { version: 3 });
  expect(screen.queryByText(/没有需要保存的更改|已发布/)).toBeNull();
});

test("a restore leads to its report", async () => {
  const restored = await watch({ version: 1 }, { version: 1, mount_status: restoring, operation: RESTORE }, { version: 1 });
  expect(restored).toHaveBeenCalledExactlyOnceWith(7);
});

test("so does one that was over before its state was asked for", async () => {
  const broken = { version: 1, mount_status: error };
  const restored = await watch(broken, { ...broken, operation: RESTORE }, { version: 1 });
  expect(restored).toHaveBeenCalledExactlyOnceWith(7);
});

test("a restore that failed leads nowhere, also when the disk is in order later", async () => {
  const broken = { version: 1, mount_status: error };
  const restored = await watch(broken, { ...broken, operation: RESTORE }, { ...broken, operation: null }, { version: 1 });
  expect(restored).not.toHaveBeenCalled();
});
