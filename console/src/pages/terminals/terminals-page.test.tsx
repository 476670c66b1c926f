// SPDX-License-Identifier: GPL-3.0-or-later
import { fireEvent, screen, waitFor, within } from "@testing-library/react";
import { beforeEach, expect, test, vi } from "vitest";
import { type Asked, mockServer, showAt, statusWith } from "../../../tests/mock";

const OPERATOR = { name: "oskar", role: "operator", must_change_password: false };
const TOTAL = 120;

/** The first terminals of a page, by name, backwards where that is asked for: as many as a test needs. */
function page({ query }: Asked) {
  const { page, per_page, desc, search } = query;
  const names = Array.from({ length: search ? 3 : TOTAL }, (_, at) => `T${String(at + 1).padStart(3, "0")}`);
  if (desc === "true") names.reverse();
  const from = (Number(page) - 1) * Number(per_page);
  const terminals = names.slice(from, from + 3).map((name) => terminal(name));
  return { terminals, total: names.length, is_total_exact: true };
}

const terminal = (name: string) => ({
  id: `id-${name}`,
  name,
  mac: "02fc00000001",
  enrolled_at: "2026-11-27T00:00:00Z",
  identical: false,
  offline: false,
  state: "idle",
  version: 2,
  done: 0,
  total: 0,
});

function counts({ query }: Asked) {
  const total = query.search ? 3 : TOTAL;
  const tally = { error: 0, busy: 0, identical: 0, offline: 0, behind: total };
  return {
    counts: { total, identical: 0, behind: total, busy: 0, error: 2, offline: 1, tally },
    groups: [{ name: "语音教室", terminals: 40 }],
    ungrouped: 80,
  };
}

function open(address: string, answers: Record<string, unknown> = {}, who = OPERATOR) {
  const asked = mockServer({
    "GET /api/v1/session": who,
    "GET /api/v1/status": statusWith({}),
    "GET /api/v1/terminals": page,
    "GET /api/v1/terminals/counts": counts,
    "POST /api/v1/terminals/push": { code: 0, terminals: TOTAL },
    "POST /api/v1/terminals/group": { code: 0, terminals: 2 },
    ...answers,
  });
  const where = showAt(address, who);
  const lists = () => asked.filter(({ path }) => path === "/api/v1/terminals").map(({ query }) => query);
  const sent = () => asked.filter(({ method }) => method === "POST").map(({ body }) => body);
  return { asked, where, lists, sent };
}

beforeEach(() => vi.stubGlobal("scrollTo", () => undefined));

const tick = async (name: string) => fireEvent.click(await screen.findByLabelText(name));
const toPage = (number: number) => fireEvent.click(screen.getByTitle(String(number)));

test("the address says which page, order and filter the server is asked for", async () => {
  const { lists } = open("/terminals?show=error&group=%22301%22&sort=last_seen&desc=true&page=2&per_page=50&search=3F");
  await waitFor(() => expect(lists()).toHaveLength(1));
  expect(lists()[0]).toEqual({ show: "error", group: "301", search: "3F", sort: "last_seen", desc: "true", page: "2", per_page: "50" });
});

test("the next page is asked for, and the rows of this one stay until it is there", async () => {
  let answer: (() => void) | undefined;
  const slow = (one: Asked) => (one.query.page === "2" ? new Promise((done) => (answer = () => done(page(one)))) : page(one));
  const { where } = open("/terminals", { "GET /api/v1/terminals": slow });
  await screen.findByText("T003");
  toPage(2);
  await waitFor(() => expect(answer).toBeDefined());
  expect(where()).toEqual({ page: 2 });
  screen.getByText("T003");
  answer?.();
  await screen.findByText("T051");
  expect(screen.queryByText("T003")).toBeNull();
});

test("another filter, order or search begins at the first page", async () => {
  const { where, lists } = open("/terminals?page=2");
  await screen.findByText("T051");
  fireEvent.click(screen.getByText("终端", { selector: "th *" }));
  await screen.findByText("T120");
  expect(where()).toEqual({ sort: "name", desc: true });
  fireEvent.click(screen.getByText("出错 2"));
  await waitFor(() => expect(where()).toEqual({ sort: "name", desc: true, show: "error" }));
  const before = lists().length;
  const box = screen.getByPlaceholderText(/^搜索名称/);
  for (const typed of ["T", "T0", "T00"]) fireEvent.change(box, { target: { value: typed } });
  await waitFor(() => expect(where()).toMatchObject({ search: "T00" }));
  await screen.findByText("出错 2");
  // Not with each letter.
  expect(lists().slice(before).map(({ search }) => search)).toEqual(["T00"]);
});

test("rows of several pages are pushed to together", async () => {
  const { sent } = open("/terminals");
  await tick("T001");
  toPage(2);
  await tick("T051");
  screen.getByText("已选中 2 台终端");
  const bar = screen.getByLabelText("选中的终端");
  fireEvent.click(within(bar).getByText("下发"));
  fireEvent.click(within(await screen.findByRole("dialog")).getByRole("button", { name: "下发" }));
  await waitFor(() => expect(sent()).toEqual([{ terminals: ["id-T001", "id-T051"] }]));
  await waitFor(() => expect(screen.queryByText("已选中 2 台终端")).toBeNull());
});

test("all that fit are pushed to by the filter, on whichever page one looks", async () => {
  const { sent } = open("/terminals?show=behind&group=语音教室");
  await tick("T001");
  fireEvent.click(screen.getByText("选中符合条件的全部 120 台"));
  screen.getByText("已选中符合条件的全部 120 台终端");
  toPage(2);
  const other = (await screen.findByLabelText("T052")) as HTMLInputElement;
  expect(other.checked).toBe(true);
  const bar = screen.getByLabelText("选中的终端");
  fireEvent.click(within(bar).getByText("下发"));
  const dialog = await screen.findByRole("dialog");
  within(dialog).getAllByText("向 120 台终端下发版本 3？");
  fireEvent.click(within(dialog).getByRole("button", { name: "下发" }));
  await waitFor(() => expect(sent()).toEqual([{ where: { show: "behind", group: "语音教室" } }]));
});

test("what was said of a filter does not hold for another", async () => {
  open("/terminals");
  await tick("T001");
  fireEvent.click(screen.getByText("选中符合条件的全部 120 台"));
  fireEvent.click(screen.getByText("出错 2"));
  await waitFor(() => expect(screen.queryByLabelText("选中的终端")).toBeNull());
});

test("an empty list says how to begin; a filter that leaves nothing says so, and how to see all", async () => {
  const none = { terminals: [], total: 0, is_total_exact: true };
  const { where } = open("/terminals?search=nobody", { "GET /api/v1/terminals": none });
  await screen.findByText("没有符合条件的终端");
  fireEvent.click(screen.getByText("显示全部终端"));
  await screen.findByText("还没有终端");
  screen.getByText("前往终端注册");
  expect(where()).toEqual({});
});

test("when the page that is shown is one no longer, the last one is", async () => {
  const { where } = open("/terminals?page=9");
  await screen.findByText("T101");
  expect(where()).toEqual({ page: 3 });
});

test("where counting stopped, the number is a lower bound and says so", async () => {
  const many = (one: Asked) => ({ ...page(one), total: 10_000, is_total_exact: false });
  open("/terminals", { "GET /api/v1/terminals": many });
  await screen.findByText(/^超过 10000 台/);
});
