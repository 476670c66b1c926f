// SPDX-License-Identifier: GPL-3.0-or-later
import { queryOptions } from "@tanstack/react-query";
import { answered, client, type Wire } from "./client";

export type Printer = Wire<"PrinterDriver">;
export type PrinterDetail = Wire<"PrinterDetail">;
export type PrinterModel = Wire<"PrinterModel">;

export const PrinterType = { local: 1, shared: 2, network: 3 } as const;

export const printersQuery = queryOptions({
  queryKey: ["printers"],
  queryFn: async () => (await answered(client.GET("/thor/voi/printer"))).result,
});

export const printerQuery = (id: number) =>
  queryOptions({
    queryKey: ["printers", id],
    queryFn: () => answered(client.GET("/api/v1/printers/{id}", { params: { path: { id } } })),
  });

export const updatePrinter = (body: Wire<"PrinterUpdate">) => answered(client.PUT("/thor/voi/printer", { body }));
export const duplicatePrinter = async (id: number) =>
  (await answered(client.POST("/thor/voi/printer/duplicate", { body: { id } }))).result;
export const deletePrinters = (ids: number[]) =>
  answered(client.POST("/thor/voi/printer", { body: { action: "delete", ids } }));
