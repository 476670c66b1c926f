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

export type PackageChange = Wire<"PackageChange">;
export type VersionDiff = Wire<"VersionDiff">;

/** What differs in a version from another one; without `from`, from the one before. */
export const diffQuery = (number: number, from: number | undefined) =>
  queryOptions({
    queryKey: ["versions", number, "diff", from],
    queryFn: () => {
      const query = from === undefined ? {} : { from };
      return answered(client.GET("/api/v1/versions/{number}/diff", { params: { path: { number }, query } }));
    },
  });

const FILES_SHOWN = 500;

/** The same file by file; it reads both disks and takes longer. */
export const fileDiffQuery = (number: number, from: number | undefined) =>
  queryOptions({
    queryKey: ["versions", number, "diff", "files", from],
    queryFn: () => {
      const query = { limit: FILES_SHOWN, ...(from !== undefined && { from }) };
      return answered(client.GET("/api/v1/versions/{number}/diff/files", { params: { path: { number }, query } }));
    },
    staleTime: Infinity,
  });

/** What a rollback to a version would change; fails where it may not be done, and says why. */
export const rollbackPlanQuery = (number: number) =>
  queryOptions({
    queryKey: ["versions", number, "rollback"],
    queryFn: () => answered(client.GET("/api/v1/versions/{number}/rollback", { params: { path: { number } } })),
    staleTime: 0,
  });

export const rollback = (number: number, note: string) =>
  answered(
    client.POST("/api/v1/versions/{number}/rollback", {
      params: { path: { number } },
      body: { note: note.trim() || null },
    }),
  );
