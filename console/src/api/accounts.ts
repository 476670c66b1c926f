// SPDX-License-Identifier: GPL-3.0-or-later
import { queryOptions } from "@tanstack/react-query";
import { answered, client, type Wire } from "./client";

export type User = Wire<"User">;
export type ApiToken = Wire<"ApiToken">;

export const usersQuery = queryOptions({
  queryKey: ["users"],
  queryFn: () => answered(client.GET("/api/v1/users")),
});

export const tokensQuery = queryOptions({
  queryKey: ["tokens"],
  queryFn: () => answered(client.GET("/api/v1/tokens")),
});

export const createUser = (body: Wire<"NewUser">) => answered(client.POST("/api/v1/users", { body }));
export const changeUser = (id: number, body: Wire<"UserChange">) =>
  answered(client.PUT("/api/v1/users/{id}", { params: { path: { id } }, body }));
export const resetPassword = (id: number) =>
  answered(client.POST("/api/v1/users/{id}/password", { params: { path: { id } } }));
export const createToken = (body: Wire<"TokenRequest">) => answered(client.POST("/api/v1/tokens", { body }));
export const revokeToken = (id: number) =>
  answered(client.DELETE("/api/v1/tokens/{id}", { params: { path: { id } } }));
