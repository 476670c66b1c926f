// SPDX-License-Identifier: GPL-3.0-or-later
// Stands in for the server in unit tests: for states that a real one is hard to bring into.
import { QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { createMemoryHistory, createRouter, Outlet, RouterProvider } from "@tanstack/react-router";
import { render } from "@testing-library/react";
import { App, ConfigProvider } from "antd";
import type { ReactNode } from "react";
import { vi } from "vitest";
import { routeTree } from "../src/app/routes";
import type { Who } from "../src/api/session";
import type { Status } from "../src/api/status";
import "../src/text/text";

type Answers = Record<string, unknown>;

export interface Asked {
  method: string;
  path: string;
  query: Record<string, string>;
  body: unknown;
  language: string | null;
}

/** Answers requests by `METHOD /path`; a function answers what it makes of it, `[status, body]` is a
 * failure. What was asked is kept. */
export function mockServer(answers: Answers): Asked[] {
  const asked: Asked[] = [];
  vi.stubGlobal("fetch", async (request: Request) => {
    const { pathname, searchParams } = new URL(request.url);
    const text = await request.text();
    const language = request.headers.get("accept-language");
    const query = Object.fromEntries(searchParams);
    const one = { method: request.method, path: pathname, query, body: text === "" ? undefined : JSON.parse(text), language };
    asked.push(one);
    const known = answers[`${request.method} ${pathname}`];
    const answer = typeof known === "function" ? await known(one) : known;
    if (answer === undefined) return Response.json({ code: 404, message: "not mocked" }, { status: 404 });
    if (answer === "offline") throw new TypeError("fetch failed");
    if (Array.isArray(answer) && typeof answer[0] === "number") return Response.json(answer[1], { status: answer[0] });
    return Response.json(answer);
  });
  return asked;
}

/** A center in the normal state, with what differs. */
export function statusWith(part: Partial<Status> & { refused?: Record<string, string> }): Status {
  const { refused = {}, ...rest } = part;
  const actions = ["edit", "import", "delete", "save", "discard", "rollback", "grow", "restore", "auto_update"];
  return {
    center: "c",
    program: "0",
    mount_status: 1,
    is_auto_update: true,
    version: 3,
    root: "00",
    length: 1,
    virtual_bytes: 1,
    free_bytes: 1,
    allowed_actions: actions.map((action) => ({
      action,
      allowed: refused[action] === undefined,
      ...(refused[action] !== undefined && { reason: refused[action] }),
    })),
    ...rest,
  };
}

/** Shows something as to `who`, who has signed in before, as always in the console. */
export function show(content: ReactNode, who?: Who): QueryClient {
  const queries = new QueryClient({ defaultOptions: { queries: { retry: false } } });
  queries.setQueryData(["session"], who ?? null);
  render(
    <QueryClientProvider client={queries}>
      <ConfigProvider theme={{ token: { motion: false } }} button={{ autoInsertSpace: false }}>
        <App>{content}</App>
      </ConfigProvider>
    </QueryClientProvider>,
  );
  return queries;
}

/** Opens the page of an address, without the frame around it, as to `who`; answers where it is then. */
export function showAt(address: string, who: Who): () => Record<string, unknown> {
  routeTree.update({ component: Outlet });
  const router = createRouter({ routeTree, history: createMemoryHistory({ initialEntries: [address] }), context: { queries: undefined as never } });
  show(<RouterProvider router={router} />, who);
  return () => router.state.location.search;
}
