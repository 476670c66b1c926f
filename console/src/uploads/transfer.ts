// SPDX-License-Identifier: GPL-3.0-or-later
import { DetailedError, type PreviousUpload, Upload } from "tus-js-client";
import { answered, client } from "../api/client";
import { type Failure, failureOf } from "../api/failure";
import { percent } from "../format/bytes";
import { currentLanguage, say } from "../text/text";
import type { UploadItem, UploadKind } from "./item";
import { receivedBytes } from "./kept";
import { SpeedMeter } from "./speed";

export const ENDPOINTS = { driver: "/thor/voi/driver/upload", printer: "/thor/voi/printer/upload" } as const;
/** The server answers the import's job here, after the last byte. */
const JOB_HEADER = "driver-center-job";
/** Pauses before another attempt; a server that restarts is back within them. Then the user is asked. */
const PAUSES_MS = [0, 1000, 2000, 4000, 8000, 15000, 30000, 30000, 60000, 60000];
const ASK_AGAIN_MS = 1000;

type Tell = (part: Partial<UploadItem>) => void;

/** One file from this browser to the center: sent with tus, then followed until it is imported. */
export class Transfer {
  readonly #upload: Upload;
  readonly #tell: Tell;
  readonly #speed = new SpeedMeter();
  readonly #previous: PreviousUpload | undefined;
  #job: string | null = null;
  #isGivenUp = false;
  #isPaused = false;

  constructor(kind: UploadKind, file: File, previous: PreviousUpload | undefined, tell: Tell) {
    this.#tell = tell;
    this.#previous = previous;
    this.#upload = new Upload(file, {
      endpoint: ENDPOINTS[kind],
      metadata: { filename: file.name },
      headers: { "accept-language": currentLanguage() },
      retryDelays: PAUSES_MS,
      removeFingerprintOnSuccess: true,
      onAfterResponse: (_request, response) => {
        this.#job = response.getHeader(JOB_HEADER) ?? this.#job;
      },
      onShouldRetry: (error) => this.#shouldRetry(error),
      onProgress: (sent) => tell({ state: "sending", sent, speed: this.#speed.mark(sent, Date.now()) }),
      onError: (error) => this.#fail(failureOfUpload(error)),
      onSuccess: () => void this.#follow(),
    });
  }

  /** Where it is on the server, once it has begun. */
  get url(): string | null {
    return this.#upload.url;
  }

  async start(): Promise<void> {
    this.#isPaused = false;
    if (this.#upload.url === null) {
      const found = this.#previous ? [this.#previous] : await this.#upload.findPreviousUploads();
      if (found[0]) this.#upload.resumeFromPreviousUpload(found[0]);
    }
    if (!this.#isPaused && !this.#isGivenUp) this.#upload.start();
  }

  async pause(): Promise<void> {
    this.#isPaused = true;
    await this.#upload.abort(false);
  }

  async giveUp(): Promise<void> {
    this.#isGivenUp = true;
    // Where it has not begun or is gone already, there is nothing to delete.
    await this.#upload.abort(this.#upload.url !== null).catch(() => undefined);
  }

  #shouldRetry(error: DetailedError): boolean {
    const status = error.originalResponse?.getStatus() ?? 0;
    // 409: the server has another offset than we thought; 423: the broken request is not over for the server yet.
    const mayPass = status === 0 || status === 409 || status === 423 || status >= 500;
    if (mayPass && status !== 507) this.#tell({ state: "reconnecting", speed: 0 });
    return mayPass && status !== 507;
  }

  #fail(failure: Failure): void {
    const mayRetry = failure.status === 0 || failure.status === 423 || failure.status >= 500;
    this.#tell({ state: "failed", trouble: failure.message, detail: failure.detail, speed: 0, mayRetry });
  }

  /** From the last byte to the end of the import. */
  async #follow(): Promise<void> {
    this.#tell({ state: this.#job ? "importing" : "waiting", speed: 0 });
    while (!this.#isGivenUp && !(await this.#isOver().catch(() => false))) {
      await new Promise((resolve) => setTimeout(resolve, ASK_AGAIN_MS));
    }
  }

  async #isOver(): Promise<boolean> {
    if (this.#job === null) {
      this.#job = (this.url && (await receivedBytes(this.url))?.job) || null;
      if (this.#job === null) return false;
    }
    const job = await answered(client.GET("/api/v1/jobs/{id}", { params: { path: { id: this.#job } } }));
    switch (job.state) {
      case "running":
        this.#tell({ state: "importing", imported: job.total > 0 ? percent(job.done, job.total) : undefined });
        return false;
      case "succeeded":
        this.#tell({ state: "done", made: job.driver_id ?? undefined });
        return true;
      default: {
        const trouble = job.message ?? say(job.state === "cancelled" ? "uploads.cancelled" : "uploads.failed");
        this.#tell({ state: "failed", trouble, detail: job.detail ?? undefined, mayRetry: false });
        return true;
      }
    }
  }
}

/** The server's words, where it answered; otherwise that it could not be reached. */
function failureOfUpload(error: Error | DetailedError): Failure {
  const response = error instanceof DetailedError ? error.originalResponse : null;
  const status = response?.getStatus() ?? 0;
  const fallback = status === 0 ? say("failure.offline") : say("failure.status", { status });
  try {
    return failureOf(status, JSON.parse(response?.getBody() ?? "null"), fallback);
  } catch {
    return failureOf(status, undefined, fallback);
  }
}
