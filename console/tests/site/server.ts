// SPDX-License-Identifier: GPL-3.0-or-later
// The real programs for browser tests and screenshots, each site with a data directory of its own.
import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";

const ROOT = resolve(import.meta.dirname, "../../..");
/** Where cargo has put the programs. */
const PROGRAMS = resolve(ROOT, process.env.CARGO_TARGET_DIR ?? "target", "debug");
const START_MS = 120_000;

export const PASSWORD = "correct horse battery";

export function program(name: string): string {
  const path = join(PROGRAMS, name);
  if (!existsSync(path)) throw new Error(`${path} is missing: cargo build --workspace`);
  return path;
}

/** A driver center that runs. */
export class Server {
  readonly directory: string;
  #child: ChildProcess | undefined;
  #url = "";
  #firstPassword = "";
  #token = "";

  private constructor() {
    this.directory = mkdtempSync(join(tmpdir(), "driver-center-console-"));
  }

  static async start(): Promise<Server> {
    const server = new Server();
    await server.launch("127.0.0.1:0");
    return server;
  }

  get url(): string {
    return this.#url;
  }

  get port(): number {
    return Number(new URL(this.#url).port);
  }

  /** The one-time password of the first administrator. */
  get firstPassword(): string {
    return this.#firstPassword;
  }

  get dataDirectory(): string {
    return join(this.directory, "data");
  }

  async launch(listen = `127.0.0.1:${this.port}`): Promise<void> {
    const config = join(this.directory, "config.toml");
    writeFileSync(
      config,
      `listen = '${listen}'\ndata_dir = '${this.dataDirectory}'\n[disk]\nvirtual_size_gib = 16\n[terminals]\noffline_after_seconds = 86400\n`,
    );
    const child = spawn(program("driver-center"), ["serve", "--config", config], {
      env: { ...process.env, LC_ALL: "en_US.UTF-8" },
      stdio: ["ignore", "pipe", "pipe"],
    });
    this.#child = child;
    // Also where a test ends before it can stop its server.
    const end = () => child.kill("SIGKILL");
    process.once("exit", end);
    child.once("exit", () => process.off("exit", end));
    let said = "";
    child.stderr?.on("data", (text) => (said += text));
    await new Promise<void>((done, fail) => {
      const timer = setTimeout(() => fail(new Error(`the server does not start:\n${said}`)), START_MS);
      child.once("exit", () => fail(new Error(`the server ended:\n${said}`)));
      child.stdout?.on("data", (text) => {
        said += text;
        this.#firstPassword = /one-time password (\S+) /.exec(said)?.[1] ?? this.#firstPassword;
        const url = /(http:\/\/[\d.:]+)\//.exec(said)?.[1];
        if (!url) return;
        this.#url = url;
        clearTimeout(timer);
        done();
      });
    });
  }

  /** Ends it at once, as a power cut does. */
  async kill(): Promise<void> {
    const child = this.#child;
    if (!child || child.exitCode !== null) return;
    const ended = new Promise((done) => child.once("exit", done));
    child.kill("SIGKILL");
    await ended;
  }

  async stop(): Promise<void> {
    await this.kill();
    rmSync(this.directory, { recursive: true, force: true });
  }

  /** Gives the administrator {@link PASSWORD} and takes an API token for {@link call}. */
  async claim(): Promise<void> {
    const answer = await this.call<{ token: string }>("POST", "/api/v1/login", {
      name: "admin",
      password: this.firstPassword,
      new_password: PASSWORD,
      token_name: "tests",
    });
    this.#token = answer.token;
  }

  /** Makes a user who has signed in before, with {@link PASSWORD}. */
  async addUser(name: string, role: "viewer" | "operator" | "administrator"): Promise<void> {
    const { password } = await this.call<{ password: string }>("POST", "/api/v1/users", { name, role });
    const change = { name, password, new_password: PASSWORD, token_name: "tests" };
    await this.call("POST", "/api/v1/login", change);
  }

  /**
   * Stops whatever the server has open images with, and answers what lets it go on: what writes to the disk takes as long
   * as a test needs.
   */
  holdWorkers(): () => void {
    const own = execFileSync("pgrep", ["-x", "-P", String(this.#child?.pid), "disk-worker"], { encoding: "utf8" });
    const workers = own.trim().split("\n").map(Number);
    workers.forEach((worker) => process.kill(worker, "SIGSTOP"));
    return () => workers.forEach((worker) => process.kill(worker, "SIGCONT"));
  }

  /** A file of this name for the browser to choose; large ones come to it faster than as bytes. */
  file(name: string, content: Uint8Array): string {
    const path = join(this.directory, name);
    writeFileSync(path, content);
    return path;
  }

  async call<Answer>(method: string, path: string, body?: unknown): Promise<Answer> {
    const response = await fetch(this.url + path, {
      method,
      headers: { "content-type": "application/json", ...(this.#token && { authorization: `Bearer ${this.#token}` }) },
      body: body === undefined ? null : JSON.stringify(body),
    });
    if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${await response.text()}`);
    return (await response.json()) as Answer;
  }

  /** How many bytes of a resumable upload it has. */
  async received(path: string): Promise<number> {
    const headers = { "tus-resumable": "1.0.0", authorization: `Bearer ${this.#token}` };
    const response = await fetch(this.url + path, { method: "HEAD", headers });
    return Number(response.headers.get("upload-offset"));
  }

  /** Reports as the terminal with this secret. */
  report(secret: string, report: unknown): Promise<void> {
    return this.#tell(secret, "report", report);
  }

  /** Says what is in the terminal with this secret. */
  inventory(secret: string, inventory: unknown): Promise<void> {
    return this.#tell(secret, "inventory", inventory);
  }

  async #tell(secret: string, what: string, body: unknown): Promise<void> {
    const response = await fetch(`${this.url}/api/v1/terminals/self/${what}`, {
      method: "POST",
      headers: { "content-type": "application/json", authorization: `Bearer ${secret}` },
      body: JSON.stringify(body),
    });
    if (!response.ok) throw new Error(`${what}: ${response.status} ${await response.text()}`);
  }

  /** Imports a file as the command line does. */
  async import(name: string, content: Uint8Array): Promise<number> {
    const kind = name.endsWith(".zip") ? "printer" : "driver";
    const response = await fetch(`${this.url}/thor/voi/${kind}/upload?name=${encodeURIComponent(name)}`, {
      method: "POST",
      headers: { authorization: `Bearer ${this.#token}`, "content-type": "application/octet-stream" },
      body: content as Uint8Array<ArrayBuffer>,
    });
    if (!response.ok) throw new Error(`import ${name}: ${response.status} ${await response.text()}`);
    const answer = (await response.json()) as { data?: { id: number }[]; result?: { id: number }[] };
    return (answer.data ?? answer.result)?.[0]?.id ?? 0;
  }

  /** Saves and waits for the end. */
  async save(note?: string): Promise<void> {
    const { id } = await this.call<{ id: number }>("POST", "/api/v1/save", { note });
    await this.call("GET", `/api/v1/operations/${id}?wait=55`);
  }
}

/** A terminal with its own tool disk. */
export class Terminal {
  readonly #state: string;

  constructor(server: Server, name: string) {
    this.#state = join(server.directory, name);
  }

  async enrol(server: Server, name: string): Promise<void> {
    const request = { name: "lab", uses: 1, hours: 1 };
    const { token } = await server.call<{ token: string }>("POST", "/api/v1/enrolment-tokens", request);
    this.join(server, token, name);
  }

  join(server: Server, token: string, name: string): void {
    this.run("enrol", "--server", server.url, "--token", token, "--name", name, "--disk", join(this.#state, "tool-disk.qcow2"));
  }

  run(...words: string[]): string {
    return execFileSync(program("tool-disk"), ["--lang", "en", "--state", this.#state, ...words], {
      encoding: "utf8",
      stdio: ["ignore", "pipe", "pipe"],
    });
  }
}
