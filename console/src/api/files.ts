// SPDX-License-Identifier: GPL-3.0-or-later
import { queryOptions } from "@tanstack/react-query";
import { answered, client, type Wire } from "./client";

export type FileEntry = Wire<"FileEntry">;

/** What a directory holds, in a version or in the present disk. */
export const filesQuery = (path: string, version: number | undefined) =>
  queryOptions({
    queryKey: ["files", version, path],
    queryFn: () => {
      const query = path === "" ? {} : { path };
      if (version === undefined) return answered(client.GET("/api/v1/files", { params: { query } }));
      return answered(client.GET("/api/v1/versions/{number}/files", { params: { path: { number: version }, query } }));
    },
  });

export const fileAddress = (path: string, version: number | undefined) => {
  const of = version === undefined ? "/api/v1/files" : `/api/v1/versions/${version}/files`;
  return `${of}/content?path=${encodeURIComponent(path)}`;
};
