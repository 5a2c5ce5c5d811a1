import type { Terminal } from '@xterm/headless';
import { PlainLines } from './plain-lines.ts';
import { keepsModes, type PlainRun, plainRun } from './plain-run.ts';
import type { LogicalLine } from './rows.ts';

/** What has been composed, as the feed needs to know it. */
export interface Composed {
  readonly terminal: Terminal;
  /** How many rows have scrolled off the main screen and were not passed on yet. */
  pending(): number;
  /** Passes on what has scrolled off, up to a row of the buffer: by default all of it. */
  harvest(end?: number): void;
  /** Passes on lines that were never composed; they follow what was passed on last. */
  passOn(lines: LogicalLine[] | PlainLines): void;
}

const CHUNK_BYTES = 8 * 1024;
/** A chunk ends where it could push off more rows than that: all of them must still be in the scrollback when it is harvested. */
export const CHUNK_ROWS = 1000;
/** Written together, so that a long run of lines is found although it was read in parts. */
const MOST_TOGETHER = 256 * 1024;
/** Lines are decoded in parts: a line that is kept keeps the part that it was cut from in memory. */
const PART_BYTES = 32 * 1024;
const ESC = 0x1b;
const LF = 0x0a;
const FF = 0x0c;
/** After ESC, one of these chooses a character set by the byte that follows; `B` is ASCII. */
const CHARACTER_SETS = new Set(Buffer.from('()*+-./'));
const ASCII_SET = 0x42;

interface Written {
  bytes: Uint8Array;
  onScreen(): void;
}

/**
 * Feeds a terminal with a program's bytes. A program that prints thousands of plain lines a second scrolls most of them
 * through a screen that no one sees in between: composing takes ten times as long as reading them. So of a long run of
 * plain lines only the last screen is composed, and the lines above it are passed on as they are. That is done only where
 * the terminal was seen to scroll as many rows for such lines as it must, and nothing that could change a mode, the
 * scroll region or the character set came since.
 */
export class Feed {
  readonly #composed: Composed;
  #waiting: Written[] = [];
  #isBusy = false;
  #bytes: Uint8Array = new Uint8Array(0);
  #at = 0;
  #onScreen: (() => void)[] = [];
  /** Whether the terminal was seen to scroll plain lines as it must, and nothing can have changed that. */
  #isProven = false;
  /** Whether another character set than ASCII may be in use. */
  #hasCharacterSet = false;
  #lastByte = 0;

  constructor(composed: Composed) {
    this.#composed = composed;
  }

  /** `onScreen` is called when these bytes are on the screen, and what scrolled off has been passed on. */
  write(bytes: Uint8Array, onScreen: () => void): void {
    this.#noteCharacterSets(bytes);
    this.#waiting.push({ bytes, onScreen });
    if (this.#isBusy) return;
    this.#isBusy = true;
    this.#composed.terminal.write('', () => this.#next());
  }

  /** One step; the next one follows when the terminal has composed this one. */
  #next(): void {
    while (this.#at === this.#bytes.length) {
      for (const onScreen of this.#onScreen) onScreen();
      if (!this.#take()) return;
    }
    const { terminal } = this.#composed;
    const { active } = terminal.buffer;
    const isAtStart = active.type === 'normal' && active.cursorX === 0;
    const run = isAtStart && this.#mayKnow() ? plainRun(this.#bytes, this.#at, terminal.cols) : null;
    const canPassOver = this.#isProven && active.cursorY === terminal.rows - 1;
    const last = run && canPassOver ? lastScreen(run, terminal.rows) : 0;
    const proof = run && !this.#isProven ? firstScreen(run, terminal.rows) : 0;
    if (run && last > 0) this.#passOver(run, last);
    else if (run && proof > 0) this.#prove(run, proof);
    else this.#compose(this.#endOfChunk());
  }

  /** Takes what waits; false if nothing does. */
  #take(): boolean {
    this.#onScreen = [];
    this.#bytes = new Uint8Array(0);
    this.#at = 0;
    const taken: Uint8Array[] = [];
    let length = 0;
    for (const { bytes, onScreen } of this.#waiting) {
      if (length > 0 && length + bytes.length > MOST_TOGETHER) break;
      taken.push(bytes);
      length += bytes.length;
      this.#onScreen.push(onScreen);
    }
    this.#isBusy = taken.length > 0;
    if (!this.#isBusy) return false;
    this.#waiting = this.#waiting.slice(taken.length);
    this.#bytes = taken.length === 1 && taken[0] ? taken[0] : Buffer.concat(taken);
    return true;
  }

  #mayKnow(): boolean {
    const { insertMode, wraparoundMode } = this.#composed.terminal.modes;
    return !this.#hasCharacterSet && !insertMode && wraparoundMode;
  }

  /** The end of what is composed next: of a line where that is possible, since a run begins there. */
  #endOfChunk(): number {
    const end = chunkEnd(this.#bytes, this.#at, this.#composed.terminal.cols);
    const isAtStart = this.#composed.terminal.buffer.active.cursorX === 0;
    const lineEnd = isAtStart ? this.#bytes.lastIndexOf(LF, end - 1) : this.#bytes.indexOf(LF, this.#at);
    return lineEnd >= this.#at && lineEnd < end ? lineEnd + 1 : end;
  }

  #compose(end: number): void {
    const chunk = this.#bytes.subarray(this.#at, end);
    this.#isProven &&= keepsModes(chunk);
    this.#composed.terminal.write(chunk, () => {
      this.#composed.harvest();
      this.#at = end;
      this.#next();
    });
  }

  /** Composes the first lines of a run, and compares how many rows they have scrolled with how many they must. */
  #prove(run: PlainRun, lines: number): void {
    const { terminal } = this.#composed;
    const end = run.starts[lines] ?? this.#at;
    const below = terminal.rows - 1 - terminal.buffer.active.cursorY;
    const expected = rowsBetween(run, 0, lines) - below;
    this.#composed.harvest();
    terminal.write(this.#bytes.subarray(this.#at, end), () => {
      const { active } = terminal.buffer;
      const isAtEnd =
        active.type === 'normal' && active.cursorX === 0 && active.cursorY === terminal.rows - 1;
      this.#isProven = isAtEnd && this.#composed.pending() === expected;
      this.#composed.harvest();
      this.#at = end;
      if (this.#isProven) this.#next();
      else this.#compose(this.#endOfChunk());
    });
  }

  /** Composes the run from line `last` on; what is above it is passed on between what is on the screen and that. */
  #passOver(run: PlainRun, last: number): void {
    const { terminal } = this.#composed;
    const seam = terminal.registerMarker(-1);
    const from = run.starts[last] ?? this.#at;
    const end = run.starts.at(-1) ?? from;
    terminal.write(this.#bytes.subarray(from, end), () => {
      this.#composed.harvest(seam && seam.line + 1);
      seam?.dispose();
      this.#passOnLines(run, last);
      this.#composed.harvest();
      this.#at = end;
      this.#next();
    });
  }

  #passOnLines(run: PlainRun, count: number): void {
    const { starts, rows } = run;
    const { cols } = this.#composed.terminal;
    const bytes = Buffer.from(this.#bytes.buffer, this.#bytes.byteOffset, this.#bytes.length);
    for (let first = 0; first < count; ) {
      const start = starts[first] ?? 0;
      let after = first + 1;
      while (after < count && (starts[after + 1] ?? 0) - start <= PART_BYTES) after++;
      const text = bytes.toString('latin1', start, (starts[after] ?? 0) - 2);
      if (text.endsWith(' ') || text.includes(' \r\n')) {
        const base = first;
        const texts = text.split('\r\n');
        this.#composed.passOn(
          texts.map((line, index) => ({ text: line.trimEnd(), rows: rows[base + index] ?? 1 })),
        );
      } else {
        const size = { count: after - first, rows: rowsBetween(run, first, after), cols };
        this.#composed.passOn(new PlainLines(text.replaceAll('\r\n', '\n'), size));
      }
      first = after;
    }
  }

  /** A choice that is cut in two counts as one of another set: then everything is composed. */
  #noteCharacterSets(bytes: Uint8Array): void {
    if (this.#hasCharacterSet || bytes.length === 0) return;
    if (this.#lastByte === ESC && CHARACTER_SETS.has(bytes[0] ?? 0)) this.#hasCharacterSet = true;
    for (let at = bytes.indexOf(ESC); at !== -1; at = bytes.indexOf(ESC, at + 1)) {
      const isChoice = CHARACTER_SETS.has(bytes[at + 1] ?? 0);
      if (isChoice && bytes[at + 2] !== ASCII_SET) this.#hasCharacterSet = true;
    }
    this.#lastByte = bytes[bytes.length - 1] ?? 0;
  }
}

/** Line feeds and escapes can push off a row each, and what is printed one row per line that it fills. */
function chunkEnd(bytes: Uint8Array, from: number, cols: number): number {
  const end = Math.min(bytes.length, from + CHUNK_BYTES);
  let most = CHUNK_ROWS - Math.ceil(CHUNK_BYTES / cols);
  if (most < 1) return Math.min(end, from + CHUNK_ROWS);
  for (let at = from; at < end; at++) {
    const byte = bytes[at] ?? 0;
    if (((byte >= LF && byte <= FF) || byte === ESC) && --most === 0) return at + 1;
  }
  return end;
}

const rowsBetween = ({ rows }: PlainRun, from: number, to: number): number => {
  let sum = 0;
  for (let line = from; line < to; line++) sum += rows[line] ?? 0;
  return sum;
};

/** The first line of the run's last screen; 0 if too few lines are above it to be worth passing over. */
function lastScreen(run: PlainRun, screenRows: number): number {
  let first = run.rows.length;
  for (let count = 0; first > 0 && count < screenRows; first--) count += run.rows[first - 1] ?? 0;
  return first > screenRows / 2 ? first : 0;
}

/** How many lines at the start of the run fill the screen; 0 if too few would be left to pass over. */
function firstScreen(run: PlainRun, screenRows: number): number {
  let lines = 0;
  for (let count = 0; lines < run.rows.length && count < screenRows; lines++) count += run.rows[lines] ?? 0;
  return run.rows.length - lines > 2 * screenRows ? lines : 0;
}
