// SPDX-License-Identifier: GPL-3.0-or-later
import { queryOptions } from "@tanstack/react-query";
import { answered, client, type Wire } from "./client";

export type Distribution = Wire<"Distribution">;
export type DistributionState = Wire<"DistributionState">;

export const distributionQuery = queryOptions({
  queryKey: ["distribution"],
  queryFn: () => answered(client.GET("/api/v1/distribution")),
});

export const setDistribution = (body: Distribution) => answered(client.PUT("/api/v1/distribution", { body }));
