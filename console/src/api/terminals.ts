// SPDX-License-Identifier: GPL-3.0-or-later
import { queryOptions } from "@tanstack/react-query";
import { answered, client, type Wire } from "./client";

export type Terminal = Wire<"Terminal">;
export type EnrolmentToken = Wire<"EnrolmentToken">;

export const terminalsQuery = queryOptions({
  queryKey: ["terminals"],
  queryFn: () => answered(client.GET("/api/v1/terminals")),
});

export const enrolmentTokensQuery = queryOptions({
  queryKey: ["enrolment-tokens"],
  queryFn: () => answered(client.GET("/api/v1/enrolment-tokens")),
});

export const push = (terminals: string[]) =>
  answered(client.POST("/api/v1/terminals/push", { body: { terminals } }));
export const setGroup = (terminals: string[], group: string | null) =>
  answered(client.POST("/api/v1/terminals/group", { body: { terminals, group } }));
export const createEnrolmentToken = (body: Wire<"EnrolmentTokenRequest">) =>
  answered(client.POST("/api/v1/enrolment-tokens", { body }));
export const deleteEnrolmentToken = (id: number) =>
  answered(client.DELETE("/api/v1/enrolment-tokens/{id}", { params: { path: { id } } }));
