// SPDX-License-Identifier: GPL-3.0-or-later
import { queryOptions } from "@tanstack/react-query";
import { answered, client, type Wire } from "./client";
import { Failure } from "./failure";

export type Terminal = Wire<"Terminal">;
export type EnrolmentToken = Wire<"EnrolmentToken">;

export const terminalsQuery = queryOptions({
  queryKey: ["terminals"],
  queryFn: () => answered(client.GET("/api/v1/terminals")),
});

/** What is in a terminal. */
export const inventoryQuery = (id: string) =>
  queryOptions({
    queryKey: ["terminals", id, "inventory"],
    queryFn: () => answered(client.GET("/api/v1/terminals/{id}/inventory", { params: { path: { id } } })),
  });

/** What a terminal takes from its tool disk before it starts a desktop of a template. */
export const planQuery = (terminal: string, template: number) =>
  queryOptions({
    queryKey: ["templates", "plan", template, terminal],
    queryFn: () =>
      answered(
        client.GET("/api/v1/templates/{id}/plan", { params: { path: { id: template }, query: { terminal } } }),
      ),
  });

export const enrolmentTokensQuery = queryOptions({
  queryKey: ["enrolment-tokens"],
  queryFn: () => answered(client.GET("/api/v1/enrolment-tokens")),
});

export const push = (terminals: string[]) =>
  answered(client.POST("/api/v1/terminals/push", { body: { terminals } }));
export const setGroup = (terminals: string[], group: string | null) =>
  answered(client.POST("/api/v1/terminals/group", { body: { terminals, group } }));

/** Removes them one after another. One that somebody else has removed meanwhile is where it should be. */
export async function removeTerminals(ids: readonly string[]): Promise<void> {
  for (const id of ids) {
    await answered(client.DELETE("/api/v1/terminals/{id}", { params: { path: { id } } })).catch(unlessGone);
  }
}

function unlessGone(error: unknown): void {
  if (!(error instanceof Failure && error.status === 404)) throw error;
}

export const createEnrolmentToken = (body: Wire<"EnrolmentTokenRequest">) =>
  answered(client.POST("/api/v1/enrolment-tokens", { body }));
export const deleteEnrolmentToken = (id: number) =>
  answered(client.DELETE("/api/v1/enrolment-tokens/{id}", { params: { path: { id } } }));
