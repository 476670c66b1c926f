// SPDX-License-Identifier: GPL-3.0-or-later

/**
 * ```text
 * queued ──► sending ◄──► reconnecting        unfinished: left by an earlier visit; goes on when
 *               │ ▲                           the user gives the file again
 *               ▼ │
 *             paused      sending ──► waiting ──► importing ──► done │ failed
 * ```
 */
export type UploadState =
  | "queued"
  | "sending"
  | "reconnecting"
  | "paused"
  | "unfinished"
  | "waiting"
  | "importing"
  | "done"
  | "failed";

/** What a file becomes, which decides where it is sent. */
export type UploadKind = "driver" | "printer";

/** A file on its way in. Values are never changed in place, so that what is shown can compare them. */
export interface UploadItem {
  /** Identifies it on this page. */
  readonly key: string;
  readonly kind: UploadKind;
  readonly name: string;
  readonly size: number;
  readonly state: UploadState;
  /** Bytes that are sent. */
  readonly sent: number;
  /** Bytes in a second; 0 while unknown. */
  readonly speed: number;
  /** How far the import is, in percent; `undefined` while unknown. */
  readonly imported?: number | undefined;
  /** Why it failed, in words. */
  readonly trouble?: string | undefined;
  /** The technical cause. */
  readonly detail?: string | undefined;
  /** Whether the same bytes may be accepted another time. */
  readonly mayRetry?: boolean;
  /** What came of it. */
  readonly made?: number | undefined;
}

export const isOver = ({ state }: UploadItem): boolean => state === "done" || state === "failed";
export const isUnderWay = (item: UploadItem): boolean => !isOver(item) && item.state !== "unfinished";
/** Leaving the page would interrupt it. */
export const needsPage = ({ state }: UploadItem): boolean =>
  state === "queued" || state === "sending" || state === "reconnecting";

export const secondsLeft = ({ size, sent, speed }: UploadItem): number | undefined =>
  speed > 0 ? (size - sent) / speed : undefined;
