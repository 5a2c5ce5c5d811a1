import { closeSync, fstatSync, openSync, readSync } from 'node:fs';
import { basename } from 'node:path';
import { StringDecoder } from 'node:string_decoder';
import { WatchedFolder } from '../../lib/files/watched-folder.ts';
import type { Picture, RecordingHead } from './format.ts';
import { blankPicture, withFrame } from './frames.ts';
import { frameIn, headIn } from './lines.ts';
import { openPieceIn } from './pieces.ts';

/** How often to look without a report, in milliseconds: some file systems give none. */
const POLL_MS = 500;
/** The same if the system refuses to watch the folder. */
const UNWATCHED_POLL_MS = 100;
const CHUNK = 256 * 1024;

/**
 * Follows the open piece of a recording: `onPicture` gets what the screen shows, at once and whenever that changes, and
 * null while there is no open piece. Ends with `close`.
 */
export class RecordingFollower {
  readonly #folder: string;
  readonly #onPicture: (picture: Picture | null) => void;
  readonly #watched: WatchedFolder;
  #poll: NodeJS.Timeout | undefined;
  #piece: OpenPiece | null = null;
  #hasNone = false;
  #isClosed = false;

  constructor(folder: string, onPicture: (picture: Picture | null) => void) {
    this.#folder = folder;
    this.#onPicture = onPicture;
    // It may be made later, with the first frame.
    this.#watched = new WatchedFolder(folder, (event, name) => this.#onChange(event, name));
  }

  start(): void {
    this.#look();
  }

  close(): void {
    this.#isClosed = true;
    clearTimeout(this.#poll);
    this.#watched.close();
    this.#piece?.close();
    this.#piece = null;
  }

  #look(): void {
    if (this.#isClosed) return;
    clearTimeout(this.#poll);
    this.#watched.look();
    this.#read();
    this.#poll = setTimeout(() => this.#look(), this.#watched.works ? POLL_MS : UNWATCHED_POLL_MS);
  }

  /** Most changes are frames in the piece that is followed: the folder need not be listed for them. */
  #onChange(event: string, name: string | null): void {
    const isFrame = event === 'change' && this.#piece !== null && name === basename(this.#piece.path);
    if (isFrame) this.#show(this.#piece?.read() ?? null);
    else this.#read();
  }

  #read(): void {
    if (this.#isClosed) return;
    const newest = openPieceIn(this.#folder);
    const isAnother = newest !== (this.#piece?.path ?? null);
    if (this.#piece && isAnother) {
      // What was written before it was finished.
      this.#show(this.#piece.read());
      this.#piece.close();
      this.#piece = null;
    }
    if (!newest) {
      if (!this.#hasNone && !this.#isClosed) this.#onPicture(null);
      this.#hasNone = true;
      return;
    }
    this.#hasNone = false;
    this.#piece ??= OpenPiece.at(newest);
    this.#show(this.#piece?.read() ?? null);
  }

  #show(picture: Picture | null): void {
    if (picture && !this.#isClosed) this.#onPicture(picture);
  }
}

class OpenPiece {
  readonly path: string;
  readonly #file: number;
  readonly #decoder = new StringDecoder('utf8');
  #at = 0;
  #line = '';
  #head: RecordingHead | null = null;
  #picture: Picture | null = null;
  #isClosed = false;

  private constructor(path: string, file: number) {
    this.path = path;
    this.#file = file;
  }

  /** Null when it has just been compressed. */
  static at(path: string): OpenPiece | null {
    try {
      return new OpenPiece(path, openSync(path, 'r'));
    } catch {
      return null;
    }
  }

  /** What it shows by now; null if that has not changed since the last time. */
  read(): Picture | null {
    const before = this.#picture;
    try {
      const buffer = Buffer.allocUnsafe(CHUNK);
      while (!this.#isClosed && this.#at < fstatSync(this.#file).size) {
        const count = readSync(this.#file, buffer, 0, CHUNK, this.#at);
        if (count === 0) break;
        this.#at += count;
        this.#take(this.#decoder.write(buffer.subarray(0, count)));
      }
    } catch {
      // The disk has a fault: what was read stays.
    }
    return this.#picture === before ? null : this.#picture;
  }

  close(): void {
    if (!this.#isClosed) closeSync(this.#file);
    this.#isClosed = true;
  }

  #take(text: string): void {
    const lines = (this.#line + text).split('\n');
    this.#line = lines.pop() ?? '';
    for (const line of lines) {
      if (!this.#head) {
        this.#head = headIn(line);
        continue;
      }
      const frame = frameIn(line, this.#head);
      if (frame)
        this.#picture = withFrame(this.#picture ?? blankPicture(this.#head.cols, this.#head.rows), frame);
    }
  }
}
