// SPDX-License-Identifier: GPL-3.0-or-later
import { queryOptions } from "@tanstack/react-query";
import { answered, client, type Wire } from "./client";

export type Damage = Wire<"Damage">;
export type RestorePlan = Wire<"RestorePlan">;
export type RestoreReport = Wire<"RestoreReport">;
export type VerifyReport = Wire<"VerifyReport">;

/** Begins to work out what a restore would find and do. */
export const beginPlan = () => answered(client.POST("/api/v1/restore/plan"));

/** The plan that this job has worked out. */
export const planQuery = (job: string) =>
  queryOptions({
    queryKey: ["restore-plan", job],
    queryFn: () => answered(client.GET("/api/v1/restore/plan")),
  });

export const restore = (acceptLoss: boolean) =>
  answered(client.POST("/api/v1/restore", { body: { accept_loss: acceptLoss } }));

/** What a restore has found and done. */
export const restoreReportQuery = (operation: number) =>
  queryOptions({
    queryKey: ["operations", operation, "report"],
    queryFn: () =>
      answered(client.GET("/api/v1/operations/{id}/report", { params: { path: { id: operation } } })),
  });

/** Begins to read and compare everything. */
export const beginVerify = (deep: boolean) => answered(client.POST("/api/v1/verify", { body: { deep } }));

export const verifyReportQuery = (job: string) =>
  queryOptions({
    queryKey: ["verify", job],
    queryFn: () => answered(client.GET("/api/v1/verify", { params: { query: { job } } })),
  });
