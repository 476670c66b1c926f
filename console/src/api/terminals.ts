// SPDX-License-Identifier: GPL-3.0-or-later
import { keepPreviousData, queryOptions } from "@tanstack/react-query";
import { answered, client, type Wire } from "./client";

export type Terminal = Wire<"Terminal">;
export type TerminalFilter = Wire<"TerminalFilter">;
export type TerminalCounts = Wire<"TerminalCounts">;
export type EnrolmentToken = Wire<"EnrolmentToken">;

export const SHOWS = ["behind", "busy", "error", "identical", "offline"] as const satisfies readonly Wire<"TerminalShow">[];
/** What has no tool disk is shown only where it is asked for. */
export const PROGRAMS = ["driver_client"] as const satisfies readonly Wire<"TerminalProgram">[];
export const SORTS = ["name", "version", "last_seen", "state", "group"] as const;
/** Rows of a page that one can choose; the first is the usual. */
export const PAGE_SIZES = [50, 100, 500] as const;
export type TerminalSort = (typeof SORTS)[number];

/** Whether it keeps a copy of the disk, reports and takes updates. */
export const hasDisk = ({ program }: Terminal): boolean => program !== "driver_client";

export interface TerminalPageQuery {
  filter: TerminalFilter;
  sort: TerminalSort;
  isDescending: boolean;
  page: number;
  perPage: number;
}

/** A page of terminals; the one before stays until it is there. */
export const terminalPageQuery = (query: TerminalPageQuery) =>
  queryOptions({
    queryKey: ["terminals", "page", query],
    queryFn: ({ signal }) => {
      const { sort, isDescending: desc, page, perPage: per_page } = query;
      return answered(client.GET("/api/v1/terminals", { params: { query: { ...asked(query.filter), sort, desc, page, per_page } }, signal }));
    },
    placeholderData: keepPreviousData,
  });

/** How the terminals that fit stand, whatever `show` says, and which groups there are. */
export const terminalCountsQuery = ({ show: _unused, ...filter }: TerminalFilter = {}) =>
  queryOptions({
    queryKey: ["terminals", "counts", filter],
    queryFn: ({ signal }) => answered(client.GET("/api/v1/terminals/counts", { params: { query: asked(filter) }, signal })),
    placeholderData: keepPreviousData,
  });

/** How many terminals have which version. */
export const terminalVersionsQuery = queryOptions({
  queryKey: ["terminals", "versions"],
  queryFn: async () => (await answered(client.GET("/api/v1/terminals/counts", { params: { query: { versions: true } } }))).versions ?? [],
});

export const terminalQuery = (id: string) =>
  queryOptions({
    queryKey: ["terminals", "one", id],
    queryFn: () => answered(client.GET("/api/v1/terminals/{id}", { params: { path: { id } } })),
  });

/** Addresses know no `null`: what is not asked for is left out. */
function asked({ search, group, ungrouped, show, program, version }: TerminalFilter) {
  return {
    ...(search != null && { search }),
    ...(group != null && { group }),
    ...(ungrouped && { ungrouped }),
    ...(show != null && { show }),
    ...(program != null && { program }),
    ...(version != null && { version }),
  };
}

export type TerminalHistory = Wire<"TerminalHistory">;
export type TerminalPoint = Wire<"TerminalPoint">;
export type Span = Wire<"Span">;

/** The server has a new point this often, at best. */
const HISTORY_MS = 5 * 60_000;

/** How terminals stood over time. Its key is not that of the terminals: each report of one would fetch it again. */
export const terminalHistoryQuery = (span: Span) =>
  queryOptions({
    queryKey: ["terminal-history", span],
    queryFn: () => answered(client.GET("/api/v1/terminals/history", { params: { query: { span } } })),
    refetchInterval: HISTORY_MS,
    // The other span stays until this one is there.
    placeholderData: keepPreviousData,
  });

/** What is in a terminal. */
export const inventoryQuery = (id: string) =>
  queryOptions({
    queryKey: ["terminals", "inventory", id],
    queryFn: () => answered(client.GET("/api/v1/terminals/{id}/inventory", { params: { path: { id } } })),
  });

/** What a terminal takes from its tool disk before it starts a desktop of a template. */
export const planQuery = (terminal: string, template: number) =>
  queryOptions({
    queryKey: ["templates", "plan", template, terminal],
    queryFn: () =>
      answered(
        client.GET("/api/v1/templates/{id}/plan", { params: { path: { id: template }, query: { terminal } } }),
      ),
  });

export const enrolmentTokensQuery = queryOptions({
  queryKey: ["enrolment-tokens"],
  queryFn: () => answered(client.GET("/api/v1/enrolment-tokens")),
});

/** Terminals that are named, or all that fit. */
export type Targets = { terminals: string[] } | { where: TerminalFilter };

export const push = (targets: Targets) => answered(client.POST("/api/v1/terminals/push", { body: targets }));
export const setGroup = (targets: Targets, group: string | null) =>
  answered(client.POST("/api/v1/terminals/group", { body: { ...targets, group } }));

/** Removes them all, or none where they are more than `count`, which somebody has agreed to. */
export const removeTerminals = ({ targets, count }: { targets: Targets; count: number }) =>
  answered(client.POST("/api/v1/terminals/remove", { body: { ...targets, at_most: count } }));

export const createEnrolmentToken = (body: Wire<"EnrolmentTokenRequest">) =>
  answered(client.POST("/api/v1/enrolment-tokens", { body }));
export const deleteEnrolmentToken = (id: number) =>
  answered(client.DELETE("/api/v1/enrolment-tokens/{id}", { params: { path: { id } } }));
