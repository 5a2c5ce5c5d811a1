import type { RecordedFrame, RecordingHead, RowTuple, RunTuple } from '../../../terminal/recording/format.ts';
import { frameIn, headIn } from '../../../terminal/recording/lines.ts';
import { lastAtMost } from '../model/axis.ts';
import { columnsOf } from './cells.ts';

/** A row as it is drawn: the same object as long as it does not change. */
export interface ReplayRow {
  text: string;
  runs: readonly RunTuple[];
}

/** What a terminal showed after a frame. */
export interface ReplayScreen {
  rows: readonly ReplayRow[];
  cursor: readonly [row: number, col: number] | null;
  /** The columns and rows that anything is in, so that the empty rest of a large terminal needs no place. */
  used: { cols: number; rows: number };
}

interface Piece {
  head: RecordingHead;
  /** Its first frame, of all frames. */
  first: number;
  /** Where the line of each frame begins, and where the last ends. */
  starts: number[];
  frames: RecordedFrame[] | null;
  /** The screen before every 64th frame, and what it has used up to the end. */
  keys: { rows: ReplayRow[]; cursor: ReplayScreen['cursor'] }[];
}

const EVERY = 64;
/** A piece has about 4 MB, and its frames take some ten times as much: those that were not used lately are dropped. */
const PIECES_KEPT = 4;
const BLANK: ReplayRow = { text: '', runs: [] };
/** Frames so long after the start of their piece are a mistake. */
const LONGEST_MS = 400 * 86_400_000;
const NEWLINE = 10;
const BRACE = 123;
const BRACKET = 91;

/** A recording. Its bytes stay as they are; the frames of a piece are read when they are shown. Never throws. */
export class Recording {
  /** When each frame was, in ms from the start of the page, ascending. */
  readonly times: readonly number[];
  readonly #bytes: Uint8Array;
  readonly #pieces: Piece[] = [];
  readonly #recent: Piece[] = [];
  readonly #utf8 = new TextDecoder();
  #used = { cols: 40, rows: 8 };

  /** `start`: the start of the page, in ms since 1970. */
  constructor(bytes: Uint8Array, start: number) {
    this.#bytes = bytes;
    this.times = this.#scan(start);
  }

  /** The last frame up to a moment; -1 before the first. */
  indexAt = (at: number): number =>
    lastAtMost(this.times.length, (index) => (this.times[index] as number) <= at);

  /** The number of the worker's process that a frame is of. */
  runAt = (index: number): number => this.#pieceOf(index)?.head.run ?? 1;

  screenAt(index: number): ReplayScreen | null {
    const piece = this.#pieceOf(index);
    if (!piece) return null;
    const frames = this.#framesOf(piece);
    const own = index - piece.first;
    const from = Math.floor(own / EVERY);
    const key = piece.keys[from];
    if (!key) return null;
    const rows = [...key.rows];
    let { cursor } = key;
    for (let at = from * EVERY; at <= own; at++) cursor = apply(frames[at] as RecordedFrame, rows, cursor);
    return { rows, cursor, used: this.#used };
  }

  #pieceOf(index: number): Piece | undefined {
    if (index < 0) return undefined;
    return this.#pieces[lastAtMost(this.#pieces.length, (at) => (this.#pieces[at] as Piece).first <= index)];
  }

  /** Finds the pieces, and the times of all frames, without reading what is in them. */
  #scan(start: number): number[] {
    const times: number[] = [];
    let piece: Piece | null = null;
    let offset = 0;
    let last = Number.NEGATIVE_INFINITY;
    for (let from = 0; from < this.#bytes.length; ) {
      const found = this.#bytes.indexOf(NEWLINE, from);
      const to = found < 0 ? this.#bytes.length : found;
      if (this.#bytes[from] === BRACE) {
        const head = headIn(this.#text(from, to));
        piece = head && { head, first: times.length, starts: [], frames: null, keys: [] };
        if (piece) this.#pieces.push(piece);
        if (head) offset = Date.parse(head.started_at) - start;
      } else if (this.#bytes[from] === BRACKET && piece) {
        const ms = Number.parseFloat(this.#text(from + 1, Math.min(to, from + 24)));
        if (ms >= 0 && ms <= LONGEST_MS) {
          last = Math.max(last, offset + ms);
          times.push(last);
          piece.starts.push(from);
        }
      }
      from = to + 1;
    }
    for (const each of this.#pieces) this.#measure(each);
    return times;
  }

  /** The first frame of a piece is of the whole screen: it says how much of it is used. */
  #measure(piece: Piece): void {
    if (piece.starts[0] !== undefined) this.#use(this.#frame(piece, 0));
  }

  #framesOf(piece: Piece): RecordedFrame[] {
    if (piece.frames) return piece.frames;
    const frames = piece.starts.map((_, index) => this.#frame(piece, index));
    piece.frames = frames;
    piece.keys = [];
    const rows = Array.from({ length: piece.head.rows }, () => BLANK);
    let cursor: ReplayScreen['cursor'] = null;
    for (const [index, frame] of frames.entries()) {
      if (index % EVERY === 0) piece.keys.push({ rows: [...rows], cursor });
      cursor = apply(frame, rows, cursor);
      this.#use(frame);
    }
    this.#recent.push(piece);
    const dropped = this.#recent.length > PIECES_KEPT ? this.#recent.shift() : undefined;
    if (dropped) {
      dropped.frames = null;
      dropped.keys = [];
    }
    return frames;
  }

  #frame({ starts, head }: Piece, index: number): RecordedFrame {
    const from = starts[index] as number;
    const found = this.#bytes.indexOf(NEWLINE, from);
    return frameIn(this.#text(from, found < 0 ? this.#bytes.length : found), head) ?? [0, []];
  }

  #use([, changed]: RecordedFrame): void {
    let { cols, rows } = this.#used;
    for (const [row, text] of changed) {
      if (text === '') continue;
      rows = Math.max(rows, row + 1);
      cols = Math.max(cols, columnsOf(text));
    }
    this.#used = { cols, rows };
  }

  #text = (from: number, to: number): string => this.#utf8.decode(this.#bytes.subarray(from, to));
}

function apply(
  [, changed, moved]: RecordedFrame,
  rows: ReplayRow[],
  cursor: ReplayScreen['cursor'],
): ReplayScreen['cursor'] {
  for (const [row, text, runs = []] of changed as RowTuple[])
    if (row < rows.length) rows[row] = { text, runs };
  return moved === undefined ? cursor : moved;
}
