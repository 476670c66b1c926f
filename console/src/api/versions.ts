// SPDX-License-Identifier: GPL-3.0-or-later
import { queryOptions } from "@tanstack/react-query";
import { answered, client, type Wire } from "./client";

export type Version = Wire<"Version">;

const VERSIONS_AT_ONCE = 500;

/** The newest versions. */
export const versionsQuery = queryOptions({
  queryKey: ["versions"],
  queryFn: () => answered(client.GET("/api/v1/versions", { params: { query: { limit: VERSIONS_AT_ONCE } } })),
});
