// SPDX-License-Identifier: GPL-3.0-or-later
import { infiniteQueryOptions, queryOptions } from "@tanstack/react-query";
import { answered, client, type Wire } from "./client";

export type Driver = Wire<"SystemDriver">;
export type DriverDetail = Wire<"DriverDetail">;
export type Inf = Wire<"Inf">;

export const DriverType = { universal: 1, extracted: 2 } as const;

export const driversQuery = queryOptions({
  queryKey: ["drivers"],
  queryFn: async () => (await answered(client.GET("/thor/voi/driver"))).data,
});

export const driverQuery = (id: number) =>
  queryOptions({
    queryKey: ["drivers", id],
    queryFn: () => answered(client.GET("/api/v1/drivers/{id}", { params: { path: { id } } })),
  });

const DEVICES_AT_ONCE = 200;

export const devicesQuery = (inf: number) =>
  infiniteQueryOptions({
    queryKey: ["infs", inf, "devices"],
    queryFn: ({ pageParam }) =>
      answered(
        client.GET("/api/v1/infs/{id}/devices", {
          params: { path: { id: inf }, query: { offset: pageParam, limit: DEVICES_AT_ONCE } },
        }),
      ),
    initialPageParam: 0,
    getNextPageParam: ({ page, devices }) => {
      const next = page.offset + devices.length;
      return devices.length > 0 && next < page.total ? next : undefined;
    },
  });

export const updateDriver = (body: Wire<"DriverUpdate">) => answered(client.PUT("/thor/voi/driver", { body }));
export const deleteDrivers = (ids: number[]) =>
  answered(client.POST("/thor/voi/driver", { body: { action: "delete", ids } }));
