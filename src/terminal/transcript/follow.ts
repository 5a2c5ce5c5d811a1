import { basename, dirname } from 'node:path';
import { WatchedFolder } from '../../lib/files/watched-folder.ts';
import { readState } from './state.ts';
import { type Printed, settle, steady } from './steady.ts';
import { MAX_TAIL_BYTES, readTranscript, tailLines } from './transcript.ts';

/** A part of a transcript: whole lines. Offsets and sizes are bytes of the file as it is now. */
export interface TranscriptPiece {
  text: string;
  offset: number;
  next_offset: number;
  size_bytes: number;
}

export interface Following {
  /** How many of the lines that are there already come first. */
  lines: number;
  signal: AbortSignal;
  /** Whether the worker has ended. Asked again and again; what it printed until then still comes. */
  isOver(): boolean | Promise<boolean>;
}

/** A screen that has not changed for so long is printed as it is, in milliseconds. */
const QUIET_MS = 1000;
/** Milliseconds between two looks without a reported write: some file systems report none. */
const SLOW_POLL_MS = 500;
/** The last lines of a worker that was ended may be written after its end was recorded, in milliseconds. */
const LAST_LINES_MS = 300;
const SLICE = 256 * 1024;

/**
 * The last lines of a transcript, then what the worker prints, until it has ended or the signal. It looks when the file
 * is written. Lines that may still be drawn again come once they do not change: see `steady`.
 */
export async function* followTranscript(path: string, following: Following): AsyncGenerator<TranscriptPiece> {
  const { signal, isOver } = following;
  const writes = new Writes(path, signal);
  try {
    let { base, printed, piece } = start(path, following.lines);
    if (piece.text !== '') yield piece;
    for (let changedAt = performance.now(), endedAt: number | null = null; !signal.aborted; ) {
      if ((await isOver()) && endedAt === null) endedAt = performance.now();
      const settledBytes = Math.max(base, readState(path)?.settledBytes ?? 0);
      while (base < settledBytes && !signal.aborted) {
        const { lines, next } = settledSlice(path, base, settledBytes);
        const { from, printed: left } = settle(printed, lines);
        if (from < lines.length) yield pieceOf(lines, { base, from, to: lines.length });
        printed = left;
        base = next;
        changedAt = performance.now();
      }
      const screen = linesFrom(path, base);
      const now = performance.now();
      if (!sameLines(screen, printed.screen)) changedAt = now;
      const since = Math.max(changedAt, endedAt ?? 0);
      const isLast = endedAt !== null && now - since >= LAST_LINES_MS;
      const isQuiet = isLast || now - changedAt >= QUIET_MS;
      const { from, to, printed: left } = steady(printed, screen, isQuiet);
      if (from < to) yield pieceOf(screen, { base, from, to });
      printed = left;
      if (isLast) return;
      if (endedAt !== null && !(await isOver())) endedAt = null;
      const quietIn = isQuiet ? SLOW_POLL_MS : changedAt + QUIET_MS - performance.now();
      const lastIn = endedAt === null ? SLOW_POLL_MS : since + LAST_LINES_MS - performance.now();
      await writes.next(Math.min(SLOW_POLL_MS, quietIn, lastIn));
    }
  } finally {
    writes.close();
  }
}

/** The last lines that are there, with those of the screen: none of them comes again. */
function start(path: string, count: number): { base: number; printed: Printed; piece: TranscriptPiece } {
  const { base, screen: all } = standing(path);
  // The last line may be half a line: it comes as soon as it is whole.
  const screen = all.slice(0, -1);
  const above = count > screen.length ? tailLines(path, count - screen.length, MAX_TAIL_BYTES, base) : [];
  const lines = [...above, ...(count > 0 ? screen.slice(-count) : [])];
  const text = textOf(lines);
  const next_offset = base + bytesOf(screen);
  const piece = {
    text,
    offset: next_offset - Buffer.byteLength(text),
    next_offset,
    size_bytes: base + bytesOf(all),
  };
  return { base, printed: { ahead: screen, screen: all }, piece };
}

/** How often a screen is read that is just being written: what is read then may be of two screens. */
const MOST_READS = 5;

function standing(path: string): { base: number; screen: string[] } {
  for (let reads = 1; ; reads++) {
    const base = readState(path)?.settledBytes ?? 0;
    const screen = linesFrom(path, base);
    const isSame = readState(path)?.settledBytes === base && sameLines(screen, linesFrom(path, base));
    if (isSame || reads === MOST_READS) return { base, screen };
  }
}

/** Whole lines of the settled part, from an offset on: some of them where there are many. */
function settledSlice(path: string, from: number, to: number): { lines: string[]; next: number } {
  for (let limit = SLICE; ; limit *= 2) {
    const { text } = readTranscript(path, { offset: from, limit: Math.min(limit, to - from) });
    const end = text.lastIndexOf('\n') + 1;
    if (end === 0 && limit < to - from && text !== '') continue;
    // Without a line end, or cut short by another process: the rest is taken as it is.
    const taken = end === 0 ? text : text.slice(0, end);
    const next = end === 0 ? to : from + Buffer.byteLength(taken);
    return { lines: split(taken), next };
  }
}

/** The lines from a byte on, without one that has no end: it is just being written. */
function linesFrom(path: string, offset: number): string[] {
  const { text } = readTranscript(path, { offset, limit: MAX_TAIL_BYTES });
  return split(text.slice(0, text.lastIndexOf('\n') + 1));
}

function split(text: string): string[] {
  const lines = text.split('\n');
  if (lines.at(-1) === '') lines.pop();
  return lines;
}

function pieceOf(
  lines: readonly string[],
  { base, from, to }: { base: number; from: number; to: number },
): TranscriptPiece {
  const offset = base + bytesOf(lines.slice(0, from));
  const text = textOf(lines.slice(from, to));
  return { text, offset, next_offset: offset + Buffer.byteLength(text), size_bytes: base + bytesOf(lines) };
}

const textOf = (lines: readonly string[]): string => lines.map((line) => `${line}\n`).join('');

const bytesOf = (lines: readonly string[]): number =>
  lines.reduce((sum, line) => sum + Buffer.byteLength(line) + 1, 0);

const sameLines = (one: readonly string[], other: readonly string[]): boolean =>
  one.length === other.length && one.every((line, index) => line === other[index]);

/** Reports writes of a file, which may not exist yet. */
class Writes {
  readonly #signal: AbortSignal;
  readonly #watched: WatchedFolder;
  #wasWritten = false;
  #wake = () => {};

  constructor(path: string, signal: AbortSignal) {
    this.#signal = signal;
    const name = basename(path);
    this.#watched = new WatchedFolder(dirname(path), (_, file) => {
      if (file === null || file.startsWith(name)) this.#onWrite();
    });
    signal.addEventListener('abort', this.#onWrite);
    this.#watched.look();
  }

  /** Resolves at a write since the last call, after this time, or at the signal. */
  async next(withinMs: number): Promise<void> {
    this.#watched.look();
    if (!this.#wasWritten && !this.#signal.aborted) {
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, Math.max(1, withinMs));
        this.#wake = () => {
          clearTimeout(timer);
          resolve();
        };
      });
    }
    this.#wasWritten = false;
  }

  close(): void {
    this.#signal.removeEventListener('abort', this.#onWrite);
    this.#watched.close();
  }

  readonly #onWrite = () => {
    this.#wasWritten = true;
    this.#wake();
  };
}
