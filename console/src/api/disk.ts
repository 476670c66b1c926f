// SPDX-License-Identifier: GPL-3.0-or-later
import { queryOptions } from "@tanstack/react-query";
import { answered, client } from "./client";

/** How large the disk may become; it is asked anew when its size, which the status says, has changed. */
export const diskQuery = (virtualBytes: number) =>
  queryOptions({
    queryKey: ["disk", virtualBytes],
    queryFn: () => answered(client.GET("/api/v1/disk")),
  });

export const grow = (virtualBytes: number) =>
  answered(client.POST("/api/v1/disk/grow", { body: { virtual_bytes: virtualBytes } }));
