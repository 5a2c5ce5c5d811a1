import { once } from 'node:events';
import { constants, openSync, readSync } from 'node:fs';
import type { Socket } from 'node:net';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { isIdle } from '../../../lib/process/process-table.ts';
import { shellWord } from '../../../lib/text/shell.ts';
import { monotonic } from '../../../lib/time/monotonic.ts';
import { hasReader, makePipe, pipeNameIn, release, releaseUnread } from '../pipes.ts';
import type { TmuxServer } from '../server.ts';

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
 * Passes the output on to the pipe, after a line of its own with the process that does so. When the reader is gone it goes
 * on reading: tmux reads the last output of a program that exits only for a pane with a pipe, and a pipe that no process
 * reads would fill the memory of tmux.
 */
const passOn = `sh -c 'echo $$; exec cat' >#{${outputOption}}; exec cat >/dev/null`;
/** Bytes that are read at once. */
const AT_ONCE = 1 << 16;

/**
 * What a pane prints from a moment on, by tmux's pipe-pane and a named pipe: nothing of it is on disk, and a reader that
 * is killed or slow does not stop the worker.
 */
export class PaneOutput {
  readonly #path: string;
  readonly #socket: Socket;
  readonly #fd: number;
  #listener: OutputListener | null = null;
  #hasBegun = false;
  #passer = '';
  /** The number of bytes that have come. */
  bytes = 0;

  private constructor(path: string) {
    this.#path = path;
    const fd = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK);
    this.#fd = fd;
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
    for (const end = monotonic() + BEGIN_MS; monotonic() < end; ) {
      // Byte by byte: what follows the line is for the listener.
      for (let byte = this.#next(); byte !== null; byte = this.#next()) {
        this.#begin(byte);
        if (this.#hasBegun) return;
      }
      const over = new AbortController();
      const { signal } = over;
      await Promise.race([once(this.#socket, 'readable', { signal }), sleep(100, undefined, { signal })]);
      over.abort();
    }
  }

  #next(): Buffer | null {
    return this.#socket.read(1);
  }

  /** Gives everything that has come and will come to the listener. */
  read(listener: OutputListener): void {
    this.#listener = listener;
    this.#socket.on('data', (bytes: Buffer) => this.#give(bytes));
    this.#socket.resume();
  }

  #give(bytes: Buffer): void {
    this.bytes += bytes.length;
    // On a slow machine the first line may come after begun() has given up.
    const output = this.#hasBegun ? bytes : this.#begin(bytes);
    if (output.length > 0) this.#listener?.data(output);
  }

  /** Takes the first line, or a part of it, and returns what follows. */
  #begin(bytes: Buffer): Buffer {
    const end = bytes.indexOf('\n');
    this.#hasBegun = end !== -1;
    this.#passer += bytes.toString('latin1', 0, this.#hasBegun ? end : bytes.length);
    return bytes.subarray(this.#hasBegun ? end + 1 : bytes.length);
  }

  /**
   * Whether the listener has everything that tmux has handed on by now. The process that passes it on sleeps when it has
   * nothing to read, or when the pipe is full: asked before the pipe is emptied, only the first leaves the pipe empty.
   */
  isRead(): boolean {
    if (this.#socket.destroyed) return true;
    const isPassedOn = isIdle(Number(this.#passer));
    return !this.#giveWaiting() && isPassedOn;
  }

  /** Gives what waits in the pipe to the listener; false if nothing waits. Node itself may read it only later. */
  #giveWaiting(): boolean {
    if (this.#socket.isPaused() || this.#socket.readableLength > 0) return true;
    const buffer = Buffer.alloc(AT_ONCE);
    try {
      const length = readSync(this.#fd, buffer);
      if (length > 0) this.#give(buffer.subarray(0, length));
      return length > 0;
    } catch {
      return false;
    }
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
