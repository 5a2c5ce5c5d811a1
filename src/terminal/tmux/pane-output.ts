import { once } from 'node:events';
import { constants, openSync } from 'node:fs';
import type { Socket } from 'node:net';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { shellWord } from '../../lib/text/shell.ts';
import { monotonic } from '../../lib/time/monotonic.ts';
import { hasReader, makePipe, pipeNameIn, release, releaseUnread } from './pipes.ts';
import type { TmuxServer } from './server.ts';

export interface OutputListener {
  /** The exact bytes that the pane's program wrote. */
  data(bytes: Buffer): void;
  /** The stream has ended: the pane or its server is gone, or another process reads the pane now. */
  end(): void;
}

/** The pane's option with the path of the pipe that its output goes to. */
const outputOption = '@agentpool_output';
/** How long tmux may take to open the pipe, in milliseconds. */
const BEGIN_MS = 2000;

/**
 * Passes the output on to the pipe, after a line of its own that says that it has begun. When the reader is gone it goes
 * on reading: tmux reads the last output of a program that exits only for a pane with a pipe, and a pipe that no process
 * reads would fill the memory of tmux.
 */
const passOn = `(echo; exec cat) >#{${outputOption}}; exec cat >/dev/null`;

/**
 * What a pane prints from a moment on, by tmux's pipe-pane and a named pipe: nothing of it is on disk, and a reader that
 * is killed or slow does not stop the worker.
 */
export class PaneOutput {
  readonly #path: string;
  readonly #socket: Socket;
  #listener: OutputListener | null = null;
  #hasBegun = false;

  private constructor(path: string) {
    this.#path = path;
    const fd = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK);
    // Not imported: the build makes only the functions of this module load on demand, and this is a class.
    const net = process.getBuiltinModule('node:net');
    this.#socket = new net.Socket({ fd, readable: true, writable: false });
    this.#socket.on('error', () => {});
    this.#socket.on('close', () => this.#ended());
  }

  /** Makes the pipe. Nothing comes through it before tmux has run `commands`. Throws PIPE_FAILED. */
  static async open({ folder }: TmuxServer): Promise<PaneOutput> {
    releaseUnread(folder);
    return new PaneOutput(await makePipe(folder));
  }

  /** The tmux commands that lead the pane's output here from now on, and away from where it went before. */
  commands(paneId: string): string[][] {
    return [
      ['set-option', '-p', '-t', paneId, outputOption, shellWord(this.#path)],
      ['pipe-pane', '-t', paneId, passOn],
    ];
  }

  /**
   * Resolves when tmux has opened the pipe, or after two seconds. To close it before would leave a shell waiting for a
   * reader.
   */
  async begun(): Promise<void> {
    for (const end = monotonic() + BEGIN_MS; !this.#hasBegun && monotonic() < end; ) {
      const bytes: Buffer | null = this.#socket.read(1);
      this.#hasBegun = bytes !== null;
      if (this.#hasBegun) return;
      const over = new AbortController();
      const { signal } = over;
      await Promise.race([once(this.#socket, 'readable', { signal }), sleep(100, undefined, { signal })]);
      over.abort();
    }
  }

  /** Gives everything that has come and will come to the listener. */
  read(listener: OutputListener): void {
    this.#listener = listener;
    this.#socket.on('data', (bytes: Buffer) => this.#listener?.data(bytes));
    this.#socket.resume();
  }

  /** Stops reading for now; tmux keeps what comes. */
  pause(): void {
    this.#socket.pause();
  }

  resume(): void {
    this.#socket.resume();
  }

  /** Stops reading for good. What was not read yet is in tmux's grid. */
  close(): void {
    this.#listener = null;
    this.#socket.destroy();
    release(this.#path);
  }

  #ended(): void {
    const listener = this.#listener;
    this.close();
    listener?.end();
  }
}

/** Whether a process, which is not this one, reads the pane's output. */
export async function isReadElsewhere(server: TmuxServer, paneId: string): Promise<boolean> {
  const format = `#{?pane_pipe,#{${outputOption}},}`;
  const quoted = await server.run(['display-message', '-p', '-t', paneId, format]).catch(() => '');
  const name = pipeNameIn(quoted);
  return name !== null && hasReader(join(server.folder, name));
}
