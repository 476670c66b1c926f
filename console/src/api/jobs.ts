// SPDX-License-Identifier: GPL-3.0-or-later
import { queryOptions } from "@tanstack/react-query";
import { answered, client, type Wire } from "./client";

export type Job = Wire<"Job">;

const JOBS_AT_ONCE = 200;

/** The newest jobs. */
export const jobsQuery = queryOptions({
  queryKey: ["jobs"],
  queryFn: () => answered(client.GET("/api/v1/jobs", { params: { query: { limit: JOBS_AT_ONCE } } })),
});

export const jobQuery = (id: string) =>
  queryOptions({
    queryKey: ["jobs", id],
    queryFn: () => answered(client.GET("/api/v1/jobs/{id}", { params: { path: { id } } })),
  });

export const cancelJob = (id: string) =>
  answered(client.POST("/api/v1/jobs/{id}/cancel", { params: { path: { id } } }));
