import { writeSync } from 'node:fs';
import type { ReadStream, WriteStream } from 'node:tty';
import { monotonic } from '../../../lib/time/monotonic.ts';
import type { SessionRow } from '../../../projections/sessions/queries.ts';
import { readRecording } from '../../../terminal/recording/reader.ts';
import type { AppContext } from '../../../workers/core/context.ts';
import { recordingFolder } from '../../../workers/core/sessions/session-files.ts';
import { columnsOf, hasColor, rowsOf } from '../../text/style.ts';
import { Film } from './film.ts';
import { filmLines, type Showing } from './film-view.ts';
import { marksOfWorker, noRecording } from './recorded.ts';

/** Characters of a recording that are kept in memory to go back and forth in. */
const MOST = 96 * 1024 * 1024;
const STEP_MS = 5000;
const [LEAST_SPEED, MOST_SPEED] = [0.1, 100];

export interface Terminals {
  stdin: ReadStream;
  stdout: WriteStream;
}

/** Plays the recording of a worker in the terminal until the viewer quits. @throws RECORDING_MISSING */
export async function watchRecording(
  app: AppContext,
  session: SessionRow,
  { stdin, stdout }: Terminals,
  speed: number,
): Promise<void> {
  const pieces = await readRecording(recordingFolder(app.paths.artifacts, session), MOST);
  const film = new Film(pieces, marksOfWorker(app, session));
  if (film.isEmpty) throw noRecording(app, session);
  await new Player(film, { stdin, stdout }, speed).play();
}

const ENTER = '\u001b[?1049h\u001b[?25l\u001b[?7l';
const LEAVE = '\u001b[0m\u001b[?7h\u001b[?25h\u001b[?1049l';
/** A terminal shows what is between these at once (DEC 2026); others ignore them. */
const [BEGIN_UPDATE, END_UPDATE] = ['\u001b[?2026h', '\u001b[?2026l'];
const KEY = /\u001b\[[\d;]*[A-Za-z~]|\u001bO[A-Z]|[\s\S]/g;
const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

/** A film in a terminal. It takes the terminal over, and gives it back as it was whenever and however it ends. */
class Player {
  readonly #film: Film;
  readonly #stdin: ReadStream;
  readonly #stdout: WriteStream;
  #speed: number;
  #isPlaying = true;
  /** Where the film was at `#since`, by the monotonic clock. */
  #from = 0;
  #since = monotonic();
  #timer: NodeJS.Timeout | undefined;
  #drawn: string[] = [];
  #isRestored = false;
  #end: () => void = () => {};
  readonly #keys = this.#keysOf({
    'q \u0003 \u0004 \u001b': () => this.#end(),
    ' ': () => this.#toggle(),
    'l \u001b[C \u001bOC': () => this.#goTo(this.#at() + STEP_MS),
    'h \u001b[D \u001bOD': () => this.#goTo(this.#at() - STEP_MS),
    '+ \u001b[A \u001bOA': () => this.#setSpeed(this.#speed * 2),
    '- \u001b[B \u001bOB': () => this.#setSpeed(this.#speed / 2),
    n: () => this.#goTo(this.#film.nextChapter(this.#at(), 1) ?? this.#film.length),
    p: () => this.#goTo(this.#film.nextChapter(this.#at() - this.#justPassed(), -1) ?? 0),
    'g 0 \u001b[H \u001b[1~': () => this.#goTo(0),
    'G \u001b[F \u001b[4~': () => this.#goTo(this.#film.length),
  });

  constructor(film: Film, { stdin, stdout }: Terminals, speed: number) {
    this.#film = film;
    this.#stdin = stdin;
    this.#stdout = stdout;
    this.#speed = speed;
  }

  async play(): Promise<void> {
    const restore = () => this.#restore();
    const end = () => this.#end();
    const redraw = () => this.#redraw();
    const keys = (bytes: Buffer) => this.#onKeys(bytes.toString());
    process.on('exit', restore);
    for (const signal of SIGNALS) process.on(signal, end);
    this.#stdout.on('resize', redraw).on('error', end);
    this.#stdin.on('data', keys).on('end', end).on('error', end);
    this.#stdin.setRawMode(true);
    this.#stdin.resume();
    this.#write(ENTER);
    try {
      await new Promise<void>((resolve) => {
        this.#end = resolve;
        this.#redraw();
      });
    } finally {
      clearTimeout(this.#timer);
      this.#restore();
      process.off('exit', restore);
      for (const signal of SIGNALS) process.off(signal, end);
      this.#stdout.off('resize', redraw).off('error', end);
      this.#stdin.off('data', keys).off('end', end).off('error', end);
      this.#stdin.pause();
    }
  }

  /** Also while the process exits: nothing is written later then. */
  #restore(): void {
    if (this.#isRestored) return;
    this.#isRestored = true;
    try {
      this.#stdin.setRawMode(false);
      writeSync((this.#stdout as { fd?: number }).fd ?? 1, LEAVE);
    } catch {
      // The terminal is gone.
    }
  }

  /** What each key does, from lists of keys that do the same. */
  #keysOf(lists: Readonly<Record<string, () => void>>): Readonly<Record<string, (() => void) | undefined>> {
    return Object.fromEntries(
      Object.entries(lists).flatMap(([keys, act]) =>
        (keys === ' ' ? [keys] : keys.split(' ')).map((key) => [key, act]),
      ),
    );
  }

  #onKeys(text: string): void {
    for (const [key] of text.matchAll(KEY)) this.#onKey(key);
  }

  #onKey(key: string): void {
    this.#keys[key]?.();
  }

  /** An event that was passed a second ago is not the one before: while the film plays, `p` would stay at it. */
  #justPassed(): number {
    return this.#isPlaying ? 1000 * this.#speed : 0;
  }

  #at(): number {
    const passed = this.#isPlaying ? (monotonic() - this.#since) * this.#speed : 0;
    return Math.min(this.#from + passed, this.#film.length);
  }

  #goTo(at: number): void {
    this.#from = Math.max(0, Math.min(at, this.#film.length));
    this.#since = monotonic();
    this.#draw();
  }

  #toggle(): void {
    const at = this.#at();
    const isOver = at >= this.#film.length;
    this.#isPlaying = isOver || !this.#isPlaying;
    this.#goTo(isOver ? 0 : at);
  }

  #setSpeed(speed: number): void {
    const at = this.#at();
    this.#speed = Math.min(MOST_SPEED, Math.max(LEAST_SPEED, speed));
    this.#goTo(at);
  }

  #redraw(): void {
    this.#drawn = [];
    this.#draw();
  }

  #draw(): void {
    clearTimeout(this.#timer);
    const at = this.#at();
    const showing: Showing = { at, speed: this.#speed, isPlaying: this.#isPlaying };
    const place = {
      cols: columnsOf(this.#stdout),
      rows: rowsOf(this.#stdout),
      hasColor: hasColor(this.#stdout),
    };
    const lines = filmLines(this.#film, showing, place);
    const changed = lines.flatMap((line, row) =>
      line === this.#drawn[row] ? [] : [`\u001b[${row + 1};1H\u001b[K${line}`],
    );
    this.#drawn = lines;
    if (changed.length > 0) this.#write(BEGIN_UPDATE + changed.join('') + END_UPDATE);
    if (this.#isPlaying && at < this.#film.length)
      this.#timer = setTimeout(() => this.#draw(), this.#wait(at));
  }

  /** Until the picture or the clock beneath changes next, in milliseconds. */
  #wait(at: number): number {
    const second = 1000 - (at % 1000);
    const change = (this.#film.nextChange(at) ?? at + second) - at;
    return Math.max(16, Math.min(change, second) / this.#speed);
  }

  /** As bytes: the streams of a command take no sequences in text. */
  #write(text: string): void {
    this.#stdout.write(Buffer.from(text));
  }
}
