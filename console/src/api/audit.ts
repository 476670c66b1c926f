// SPDX-License-Identifier: GPL-3.0-or-later
import { keepPreviousData, queryOptions } from "@tanstack/react-query";
import { answered, client, type Wire } from "./client";

export type AuditEntry = Wire<"AuditEntry">;

export const AUDIT_ROWS = 50;

/** A page of the audit trail, from 1. */
export const auditQuery = (page: number, actor: string | undefined) =>
  queryOptions({
    queryKey: ["audit", page, actor],
    queryFn: () => {
      const query = { offset: (page - 1) * AUDIT_ROWS, limit: AUDIT_ROWS, ...(actor && { actor }) };
      return answered(client.GET("/api/v1/audit", { params: { query } }));
    },
    placeholderData: keepPreviousData,
  });
