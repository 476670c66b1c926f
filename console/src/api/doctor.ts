// SPDX-License-Identifier: GPL-3.0-or-later
import { queryOptions } from "@tanstack/react-query";
import { answered, client, type Wire } from "./client";

export type Finding = Wire<"Finding">;

export const doctorQuery = queryOptions({
  queryKey: ["doctor"],
  queryFn: () => answered(client.GET("/api/v1/doctor")),
});
