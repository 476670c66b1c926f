// SPDX-License-Identifier: GPL-3.0-or-later
import { queryOptions } from "@tanstack/react-query";
import { answered, client, type Wire } from "./client";
import { Failure } from "./failure";

export type Who = Wire<"Who">;

/** Who is signed in; `null` when nobody is. */
export const sessionQuery = queryOptions<Who | null>({
  queryKey: ["session"],
  queryFn: async () => {
    try {
      return await answered(client.GET("/api/v1/session"));
    } catch (error) {
      if (error instanceof Failure && error.isSignedOut) return null;
      throw error;
    }
  },
  staleTime: Infinity,
});

export const signIn = (body: Wire<"SignIn">) => answered(client.POST("/api/v1/session", { body }));
export const signOut = () => answered(client.DELETE("/api/v1/session"));
export const changePassword = (body: Wire<"PasswordChange">) => answered(client.POST("/api/v1/password", { body }));
