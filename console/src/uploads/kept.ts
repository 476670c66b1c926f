// SPDX-License-Identifier: GPL-3.0-or-later
import { defaultOptions, type PreviousUpload, type UrlStorage } from "tus-js-client";

/** Uploads that a browser remembers: where on the server they are, and which file they belong to. */
const storage = (): UrlStorage => defaultOptions.urlStorage as UrlStorage;

/** The server forgets what nobody has gone on with for a week; a day more costs nothing. */
const AGE_MS_MAX = 8 * 86_400_000;

/** What an earlier visit has left, without what is too old to go on with. */
export async function keptUploads(): Promise<PreviousUpload[]> {
  const all = await storage().findAllUploads();
  const isOld = ({ creationTime }: PreviousUpload) => !(Date.now() - Date.parse(creationTime) < AGE_MS_MAX);
  await Promise.all(all.filter(isOld).map(forget));
  return all.filter((upload) => !isOld(upload) && upload.uploadUrl !== null);
}

export const forget = (upload: PreviousUpload): Promise<void> => storage().removeUpload(upload.urlStorageKey);

/** How many bytes the server has; `undefined` when it does not know this upload (of this user). */
export async function receivedBytes(url: string): Promise<{ received: number; job: string | null } | undefined> {
  const response = await fetch(url, { method: "HEAD", headers: { "tus-resumable": "1.0.0" } });
  if (!response.ok) return undefined;
  return {
    received: Number(response.headers.get("upload-offset") ?? 0),
    job: response.headers.get("driver-center-job"),
  };
}

/** Gives an upload up, on the server too. */
export async function terminate(url: string): Promise<void> {
  await fetch(url, { method: "DELETE", headers: { "tus-resumable": "1.0.0" } });
}
