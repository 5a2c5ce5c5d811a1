import { constants, ftruncateSync } from 'node:fs';
import { withOpenFile, writeAtSync } from '../../lib/files/open-file.ts';
import { storageError } from '../../lib/files/private-files.ts';
import { type TranscriptState, writeState } from './state.ts';

const retryMs = 1000;
/** How many characters wait in memory while the disk is full; the oldest lines beyond are dropped. */
const mostWaiting = 32 * 1024 * 1024;

const droppedLine = '[agentpool: lines are missing here, printed while the disk was full]';

/** What is written with the lines that wait: what replaces the file's tail, and the state without the length. */
export interface Contents {
  tail: string;
  state: Omit<TranscriptState, 'settledBytes'>;
}

export interface FileCallbacks {
  /** Tries again to save. */
  retry(): void;
  /** Called with the error when the file cannot be written, and with null when all is written again. */
  fault(error: unknown): void;
}

/**
 * The file of a transcript and its state: a settled part that only grows, and a tail that is replaced. The file is
 * written first, then the state. After a kill in between, the state covers less than the file.
 */
export class TranscriptFile {
  readonly #path: string;
  readonly #on: FileCallbacks;
  #settledBytes: number;
  /** Lines that wait to be written. */
  #waiting: string[] = [];
  #waitingLength = 0;
  #written: { tail: string | null; size: number; state: string } = {
    tail: null,
    size: Number.POSITIVE_INFINITY,
    state: '',
  };
  #retry: NodeJS.Timeout | null = null;
  #isFaulty = false;

  constructor(path: string, settledBytes: number, on: FileCallbacks) {
    this.#path = path;
    this.#settledBytes = settledBytes;
    this.#on = on;
  }

  /** Characters of the lines that wait. */
  get waitingLength(): number {
    return this.#waitingLength;
  }

  /** Whether the last try has failed; the next one comes by itself. */
  get isRetrying(): boolean {
    return this.#retry !== null;
  }

  enqueue(line: string): void {
    this.#waiting.push(line);
    this.#waitingLength += line.length + 1;
  }

  /** Writes what waits. Throws only what has nothing to do with the file. `contents` is null for what must not be written. */
  save(contents: () => Contents | null): void {
    if (this.#retry) clearTimeout(this.#retry);
    this.#retry = null;
    try {
      const next = contents();
      if (next) this.#saveAll(next);
      if (this.#isFaulty) this.#on.fault(null);
      this.#isFaulty = false;
    } catch (error) {
      this.#isUnsaved(error);
    }
  }

  dropOldest(): void {
    if (this.#waitingLength <= mostWaiting) return;
    let first = 0;
    for (let over = this.#waitingLength - mostWaiting / 2; over > 0; first++)
      over -= (this.#waiting[first]?.length ?? 0) + 1;
    this.#waiting = [droppedLine, ...this.#waiting.slice(first)];
    this.#waitingLength = this.#waiting.reduce((length, line) => length + line.length + 1, 0);
  }

  #saveAll({ tail, state }: Contents): void {
    if (this.#waiting.length > 0 || tail !== this.#written.tail) this.#saveLines(tail);
    this.#saveState({ settledBytes: this.#settledBytes, ...state });
  }

  /** Opens the file for each write: a watcher has many workers, and most of them print nothing. */
  #saveLines(tail: string): void {
    const settled = this.#waiting.length === 0 ? '' : `${this.#waiting.join('\n')}\n`;
    const bytes = Buffer.from(settled + tail);
    const size = this.#settledBytes + bytes.length;
    withOpenFile(this.#path, { flags: constants.O_RDWR | constants.O_CREAT, mode: 0o600 }, (file) => {
      writeAtSync(file, bytes, this.#settledBytes);
      if (size < this.#written.size) ftruncateSync(file, size);
    });
    this.#settledBytes += bytes.length - Buffer.byteLength(tail);
    this.#waiting = [];
    this.#waitingLength = 0;
    this.#written = { ...this.#written, tail, size };
  }

  #saveState(state: TranscriptState): void {
    const text = JSON.stringify(state);
    if (text === this.#written.state) return;
    writeState(this.#path, state);
    this.#written.state = text;
  }

  /** Keeps what is not written, and tries again soon. */
  #isUnsaved(error: unknown): void {
    const errno = (error as NodeJS.ErrnoException | null)?.code;
    if (errno === undefined) throw error;
    // Part of it may be in the file.
    this.#written = { ...this.#written, tail: null, size: Number.POSITIVE_INFINITY };
    this.dropOldest();
    this.#retry = setTimeout(this.#on.retry, retryMs).unref();
    if (!this.#isFaulty) this.#on.fault(storageError(error, this.#path));
    this.#isFaulty = true;
  }
}
