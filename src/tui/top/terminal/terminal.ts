import { writeSync } from 'node:fs';
import type { ReadStream, WriteStream } from 'node:tty';
import { type Input, InputReader } from './input.ts';
import { changes, type Picture } from './row-writer.ts';

/** The other screen, without wrapping and without a cursor, with reports of the mouse, and pastes marked as such. */
const ENTER = '\x1b[?1049h\x1b[?7l\x1b[?25l\x1b[?1000h\x1b[?1006h\x1b[?2004h\x1b[2J';
const LEAVE = '\x1b[?2026l\x1b[?2004l\x1b[?1006l\x1b[?1000l\x1b[?7h\x1b[0m\x1b[?25h\x1b[?1049l';
/** What is its background? And what is it, which every terminal answers: no other answer comes after that. */
const ASK = '\x1b]11;?\x1b\\\x1b[c';

/** After how long a lone ESC is the Escape key and not the start of a sequence, in milliseconds. */
const ESCAPE_MS = 40;
/** How long the end waits for an answer that would otherwise be typed into the shell, in milliseconds. */
const ANSWER_MS = 250;

export interface TerminalEvents {
  input(input: Input): void;
  resized(): void;
  /** The terminal is gone, or its output cannot be written. */
  lost(): void;
}

/**
 * The terminal while the dashboard has it. Everything that it changes is undone by `leave`, whichever way the process
 * ends, except by SIGKILL.
 */
export class Terminal {
  readonly #in: ReadStream;
  readonly #out: WriteStream;
  readonly #fd: number;
  readonly #events: TerminalEvents;
  readonly #reader = new InputReader();
  #entered = false;
  #last: Picture | null = null;
  #next: Picture | null = null;
  #isWriting = false;
  #escape: NodeJS.Timeout | undefined;
  #isAnswerDue = false;
  #onAnswer: (() => void) | null = null;

  constructor(input: ReadStream, output: WriteStream, events: TerminalEvents) {
    this.#in = input;
    this.#out = output;
    this.#fd = (output as WriteStream & { fd?: number }).fd ?? 1;
    this.#events = events;
    output.on('error', this.#onLost);
    input.on('error', this.#onLost);
    process.on('exit', this.leave);
  }

  get size(): { cols: number; rows: number } {
    return { cols: this.#out.columns || 80, rows: this.#out.rows || 24 };
  }

  /** Takes the terminal. Draws nothing yet. */
  enter({ ask = false } = {}): void {
    if (this.#entered) return;
    this.#entered = true;
    this.#last = null;
    this.#in.setRawMode(true);
    this.#in.setEncoding('utf8');
    this.#in.on('data', this.#onData);
    this.#in.on('end', this.#onLost);
    this.#in.resume();
    this.#out.on('resize', this.#onResize);
    this.#isAnswerDue = ask;
    this.#writeNow(ENTER + (ask ? ASK : ''));
  }

  /** Gives it back as it was. Safe to call at any time, also while the process exits. */
  readonly leave = (): void => {
    if (!this.#entered) return;
    this.#entered = false;
    clearTimeout(this.#escape);
    this.#in.off('data', this.#onData);
    this.#in.off('end', this.#onLost);
    this.#out.off('resize', this.#onResize);
    this.#next = null;
    this.#last = null;
    this.#writeNow(LEAVE);
    try {
      this.#in.setRawMode(false);
    } catch {
      // The terminal is gone.
    }
    this.#in.pause();
  };

  /** Waits until the terminal has answered what `enter` asked, so that nothing is left for the shell to read. */
  async settled(): Promise<void> {
    if (!this.#isAnswerDue || !this.#entered) return;
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, ANSWER_MS);
      this.#onAnswer = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }

  /** Releases the streams; the process may end. */
  close(): void {
    this.leave();
    process.off('exit', this.leave);
    this.#in.off('error', this.#onLost);
  }

  /** Shows a picture: the rows that changed. A terminal that is slow gets the newest one only. */
  show(picture: Picture): void {
    if (!this.#entered) return;
    this.#next = picture;
    if (!this.#isWriting) this.#write();
  }

  /** Draws everything again with the next picture. */
  redraw(): void {
    this.#last = null;
  }

  #write(): void {
    const picture = this.#next;
    this.#next = null;
    if (!picture || !this.#entered) return;
    const text = changes(this.#last, picture);
    this.#last = picture;
    if (text === '') return;
    this.#isWriting = true;
    // As bytes: a text would lose its escape sequences in the streams of the command line.
    this.#out.write(Buffer.from(text), () => {
      this.#isWriting = false;
      if (this.#next) this.#write();
    });
  }

  /** Past the stream, which may be full or not drained any more when the process ends. */
  #writeNow(text: string): void {
    try {
      writeSync(this.#fd, text);
    } catch {
      this.#out.write(Buffer.from(text), () => {});
    }
  }

  readonly #onData = (text: string): void => {
    clearTimeout(this.#escape);
    for (const input of this.#reader.read(text)) this.#take(input);
    if (this.#reader.isUnfinished)
      this.#escape = setTimeout(() => {
        for (const input of this.#reader.flush()) this.#take(input);
      }, ESCAPE_MS);
  };

  #take(input: Input): void {
    if (input.kind === 'attributes') {
      this.#isAnswerDue = false;
      this.#onAnswer?.();
    }
    if (this.#entered) this.#events.input(input);
  }

  readonly #onResize = (): void => {
    this.#last = null;
    this.#events.resized();
  };

  readonly #onLost = (): void => {
    this.#events.lost();
  };
}
