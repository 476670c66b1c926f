// SPDX-License-Identifier: GPL-3.0-or-later
import type { components } from "./schema";

type Wire = components["schemas"]["Failure"];

/** A request that did not succeed. `message` is for people, in their language, and says what to do. */
export class Failure extends Error {
  /** HTTP status; 0 when no answer came. */
  readonly status: number;
  /** Stable name of the message. */
  readonly notice: string | undefined;
  /** The technical cause, for operators. */
  readonly detail: string | undefined;

  constructor(status: number, message: string, more: { notice?: string; detail?: string } = {}) {
    super(message);
    this.name = "Failure";
    this.status = status;
    this.notice = more.notice;
    this.detail = more.detail;
  }

  /** Whether there is no (valid) session. */
  get isSignedOut(): boolean {
    return this.status === 401;
  }
}

/** The failure that an answer tells, or `fallback` where it is not in the server's form (a proxy's page, say). */
export function failureOf(status: number, body: unknown, fallback: string): Failure {
  const wire = body as Partial<Wire> | undefined;
  if (typeof wire !== "object" || wire === null || typeof wire.message !== "string") {
    return new Failure(status, fallback);
  }
  return new Failure(status, wire.message, {
    notice: wire.notice ?? undefined,
    detail: wire.detail ?? undefined,
  });
}
