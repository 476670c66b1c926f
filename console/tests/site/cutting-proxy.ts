// SPDX-License-Identifier: GPL-3.0-or-later
import { type AddressInfo, connect, createServer, type Server, type Socket } from "node:net";

/** Stands between browser and server, and cuts connections that have carried many bytes to the server. */
export class CuttingProxy {
  readonly #server: Server;
  readonly #open = new Set<Socket>();
  /** How often it has cut. */
  cuts = 0;
  /** Bytes from the browser in all. */
  bytes = 0;
  /** Whether nothing comes through after the first cut. */
  cutsForGood = false;
  /** Bytes from the browser after which the next connection is cut; 0 cuts none. */
  cutAfterBytes = 0;

  private constructor(port: number) {
    this.#server = createServer((near) => this.#carry(near, port));
  }

  static async to(port: number): Promise<CuttingProxy> {
    const proxy = new CuttingProxy(port);
    await new Promise<void>((done) => proxy.#server.listen(0, "127.0.0.1", done));
    return proxy;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  #carry(near: Socket, port: number): void {
    if (this.cutsForGood && this.cuts > 0) return void near.destroy();
    const far = connect(port, "127.0.0.1");
    const end = () => [near, far].forEach((socket) => (socket.destroy(), this.#open.delete(socket)));
    let bytes = 0;
    for (const socket of [near, far]) {
      this.#open.add(socket);
      socket.on("error", end).on("close", end);
    }
    near.on("data", (chunk) => {
      bytes += chunk.length;
      this.bytes += chunk.length;
      if (this.cutAfterBytes > 0 && bytes > this.cutAfterBytes) {
        this.cuts += 1;
        this.cutAfterBytes = 0;
        end();
        if (this.cutsForGood) this.#open.forEach((socket) => socket.destroy());
        return;
      }
      // As slow as the server takes it.
      if (!far.write(chunk)) near.pause();
    });
    far.on("drain", () => near.resume());
    far.pipe(near, { end: false });
  }

  stop(): void {
    this.#open.forEach((socket) => socket.destroy());
    this.#server.close();
  }
}
