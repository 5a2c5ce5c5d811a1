import { mkdirSync, readFileSync, renameSync, rmSync, statfsSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { promisify } from 'node:util';
import { gzip } from 'node:zlib';
import { withOpenFile, writeAtSync } from '../../lib/files/open-file.ts';
import { storageError } from '../../lib/files/private-files.ts';
import { type Picture, RECORDING_VERSION, type RecordingHead } from './format.ts';
import { frameBetween, isSameSize } from './frames.ts';
import { draftsIn, leftovers, openPiecePath, packedPath, pieceFiles } from './pieces.ts';

export interface RecordingOptions {
  folder: string;
  sessionId: string;
  run: number;
  /** How many bytes the recording may take on the disk. Read whenever it matters: the setting may change. */
  mostBytes(): number;
  /** False once another process records this worker: nothing is written any more. */
  mayWrite(): boolean;
  /** The time of day in milliseconds. */
  now(): number;
  /** Bytes that are free on the disk of a folder. */
  freeBytes?(folder: string): number;
  /** Called with the error when it cannot be written (a full disk), and with null when it can again. */
  onFault(error: unknown): void;
}

/** Characters. A larger piece is compressed better; it is also the least that is dropped. */
const PIECE_LENGTH = 4 * 1024 * 1024;
/** A terminal whose size changes all the time, or a watcher that is killed all the time, makes many small ones. */
const MOST_PIECES = 2000;
/** A recording has at least so many pieces before one is dropped. */
const LEAST_PIECES = 4;

/** Bytes that a recording leaves to others on its disk: the ledger and the transcripts matter more. */
const LEAST_FREE = 64 * 1024 * 1024;
/** How often to ask how much is free, in milliseconds. */
const FREE_CHECK_MS = 5000;

const compress = promisify(gzip);

/**
 * Writes the recording of one worker. The frames are appended to an open piece one by one, so that a reader can follow
 * it at once, and a killed process loses no more than its last line. A full piece is compressed as a whole, in another
 * thread. Beyond the bound, the oldest pieces are dropped.
 *
 * No method throws: a recording that cannot be written must not stop the watching. While the disk is full nothing is
 * kept in memory; the next frame that can be written has everything that changed since the last one.
 */
export class RecordingWriter {
  readonly #options: RecordingOptions;
  #piece: { path: string; startedAt: number; lastMs: number; size: number } | null = null;
  /** What the open piece shows by now. */
  #shown: Picture | null = null;
  #isFaulty = false;
  #isTidy = false;
  #checkedAt = Number.NEGATIVE_INFINITY;
  #hasSpace = true;
  #packing: Promise<void> = Promise.resolve();

  constructor(options: RecordingOptions) {
    this.#options = options;
  }

  /** Adds what the screen shows now, redacted. Returns how many characters that took: 0 if nothing changed. */
  show(picture: Picture): number {
    try {
      const length = this.#options.mayWrite() ? this.#show(picture) : 0;
      if (this.#isFaulty && length > 0) this.#report(null);
      return length;
    } catch (error) {
      // Its piece was removed: the next frame begins another.
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') this.#leavePiece();
      this.#report(error);
      return 0;
    }
  }

  /** Compresses what is still open. Another frame may follow, in a new piece. */
  async close(): Promise<void> {
    this.#finishPiece();
    await this.#packing;
  }

  #show(picture: Picture): number {
    const now = this.#options.now();
    if (this.#piece && this.#shown && !this.#fits(picture, now)) this.#finishPiece();
    const ms = this.#piece ? Math.max(this.#piece.lastMs, Math.round(now - this.#piece.startedAt)) : 0;
    const frame = frameBetween(this.#piece && this.#shown, picture, ms);
    if (!frame) return 0;
    const line = `${JSON.stringify(frame)}\n`;
    this.#assertSpace(now);
    if (!this.#piece) this.#beginPiece(picture, now);
    this.#write(line);
    if (this.#piece) this.#piece.lastMs = ms;
    this.#shown = picture;
    return line.length;
  }

  /** @throws ENOSPC before the disk is full. */
  #assertSpace(now: number): void {
    if (Math.abs(now - this.#checkedAt) >= FREE_CHECK_MS) {
      this.#checkedAt = now;
      this.#hasSpace = (this.#options.freeBytes ?? freeOn)(this.#options.folder) >= LEAST_FREE;
    }
    if (!this.#hasSpace)
      throw Object.assign(new Error(`less than ${LEAST_FREE} bytes are free`), { code: 'ENOSPC' });
  }

  /** Whether the frame belongs to the open piece: its screen has another size, or the clock was set back. */
  #fits(picture: Picture, now: number): boolean {
    if (!this.#piece || !this.#shown || !isSameSize(this.#shown, picture)) return false;
    const most = Math.min(PIECE_LENGTH, this.#options.mostBytes() / LEAST_PIECES);
    return this.#piece.size < most && now >= this.#piece.startedAt + this.#piece.lastMs - CLOCK_STEP_MS;
  }

  #beginPiece({ cols, rows }: Picture, now: number): void {
    const { folder, sessionId, run } = this.#options;
    makeFolder(folder);
    if (!this.#isTidy) this.#tidy();
    const head: RecordingHead = {
      version: RECORDING_VERSION,
      session_id: sessionId,
      run,
      cols,
      rows: rows.length,
      started_at: new Date(now).toISOString(),
    };
    const path = newPiece(folder);
    this.#piece = { path, startedAt: now, lastMs: 0, size: 0 };
    try {
      this.#write(`${JSON.stringify(head)}\n`);
    } catch (error) {
      this.#leavePiece();
      rmSync(path, { force: true });
      throw error;
    }
  }

  /** What a killed process left is compressed, too. */
  #tidy(): void {
    const { folder } = this.#options;
    for (const path of draftsIn(folder)) rmSync(path, { force: true });
    for (const { path } of leftovers(folder)) rmSync(path, { force: true });
    for (const { path, isPacked } of pieceFiles(folder)) if (!isPacked) this.#pack(path);
    this.#isTidy = true;
  }

  #write(line: string): void {
    if (!this.#piece) return;
    const { path, size } = this.#piece;
    const bytes = Buffer.from(line);
    // Each line at its place: what is left of one that could not be written is overwritten by the next. Opened for each:
    // a watcher has many workers, and most of them draw nothing.
    withOpenFile(path, { flags: 'r+' }, (file) => writeAtSync(file, bytes, size));
    this.#piece.size += bytes.length;
  }

  #finishPiece(): void {
    const path = this.#leavePiece();
    if (path !== null && this.#options.mayWrite()) this.#pack(path);
  }

  #leavePiece(): string | null {
    const piece = this.#piece;
    this.#piece = null;
    this.#shown = null;
    return piece?.path ?? null;
  }

  #pack(path: string): void {
    this.#packing = this.#packing.then(() => this.#packed(path)).catch((error) => this.#report(error));
  }

  /** The compressed piece is complete before the open one is removed. */
  async #packed(path: string): Promise<void> {
    const packed = packedPath(path);
    const draft = `${packed}.tmp`;
    try {
      const bytes = await compress(wholeLines(readFileSync(path)));
      if (!this.#options.mayWrite()) return;
      writeFileSync(draft, bytes, { mode: 0o600 });
      renameSync(draft, packed);
      rmSync(path, { force: true });
    } catch (error) {
      rmSync(draft, { force: true });
      if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
    }
    this.#dropOldest();
  }

  #dropOldest(): void {
    const files = pieceFiles(this.#options.folder);
    let bytes = files.reduce((sum, file) => sum + file.bytes, 0);
    let count = files.length;
    for (const file of files.slice(0, -1)) {
      if (bytes <= this.#options.mostBytes() && count <= MOST_PIECES) return;
      count--;
      rmSync(file.path, { force: true });
      bytes -= file.bytes;
    }
  }

  #report(error: unknown): void {
    if (error === null) this.#isFaulty = false;
    else if (this.#isFaulty) return;
    else this.#isFaulty = true;
    this.#options.onFault(error === null ? null : storageError(error, this.#options.folder));
  }
}

/** A clock that is set back by more begins a piece with a start of its own. */
const CLOCK_STEP_MS = 1000;

/** Up to the last line that was written completely. */
const wholeLines = (bytes: Buffer): Buffer => bytes.subarray(0, bytes.lastIndexOf(0x0a) + 1);

/** Free for this user on the disk of a folder that may not exist yet; what cannot be known is no reason to stop. */
function freeOn(folder: string): number {
  try {
    const { bavail, bsize } = statfsSync(dirname(folder));
    return bavail * bsize;
  } catch {
    return Number.POSITIVE_INFINITY;
  }
}

/** Not its parents: the folder of a worker that was moved away must not be made again. */
function makeFolder(folder: string): void {
  try {
    mkdirSync(folder, { mode: 0o700 });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
  }
}

/** The next number that no other process has taken. */
function newPiece(folder: string): string {
  for (let number = (pieceFiles(folder).at(-1)?.number ?? 0) + 1; ; number++) {
    const path = openPiecePath(folder, number);
    try {
      writeFileSync(path, '', { flag: 'wx', mode: 0o600 });
      return path;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    }
  }
}
