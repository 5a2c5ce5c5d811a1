import { createServer, type Server, Socket } from 'node:net';
import { after } from 'node:test';

/** A way to a port of 127.0.0.1 that can be cut: then nothing passes and nothing is said of it, as in a network. */
export class Cut {
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();
  #isCut = false;
  port = 0;

  private constructor(port: number) {
    this.#server = createServer((near) => {
      const far = new Socket();
      for (const socket of [near, far]) {
        this.#sockets.add(socket);
        socket.on('error', () => {});
        socket.on('close', () => {
          this.#sockets.delete(socket);
          near.destroy();
          far.destroy();
        });
      }
      near.on('data', (data) => far.write(data));
      far.on('data', (data) => near.write(data));
      if (this.#isCut) this.#hold();
      far.connect(port, '127.0.0.1');
    });
  }

  static async to(port: number, { endsWithTest = true } = {}): Promise<Cut> {
    const cut = new Cut(port);
    if (endsWithTest) after(() => cut.close());
    await new Promise<void>((resolve) => cut.#server.listen(0, '127.0.0.1', resolve));
    const address = cut.#server.address();
    cut.port = typeof address === 'object' && address !== null ? address.port : 0;
    return cut;
  }

  cut(): void {
    this.#isCut = true;
    this.#hold();
  }

  /** What was held passes again, as packets that are sent again do. */
  restore(): void {
    this.#isCut = false;
    for (const socket of this.#sockets) socket.resume();
  }

  close(): void {
    for (const socket of this.#sockets) socket.destroy();
    this.#server.close();
  }

  #hold(): void {
    for (const socket of this.#sockets) socket.pause();
  }
}
