import { writeSync } from 'node:fs';
import type { ReadStream, WriteStream } from 'node:tty';
import { type Input, InputReader } from './input.ts';
import type { Output } from './output.ts';
import type { TerminalRows } from './row-writer.ts';

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
  readonly #output: Output;
  readonly #events: TerminalEvents;
  readonly #reader = new InputReader();
  #entered = false;
  #last: TerminalRows | null = null;
  #next: TerminalRows | null = null;
  #isWriting = false;
  #escape: NodeJS.Timeout | undefined;
  #isAnswerDue = false;
  #onAnswer: (() => void) | null = null;

  constructor(streams: { stdin: ReadStream; stdout: WriteStream }, output: Output, events: TerminalEvents) {
    const { stdin, stdout } = streams;
    this.#in = stdin;
    this.#out = stdout;
    this.#output = output;
    this.#fd = (stdout as WriteStream & { fd?: number }).fd ?? 1;
    this.#events = events;
    stdout.on('error', this.#onLost);
    stdin.on('error', this.#onLost);
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
    this.#writeNow(this.#output.enter + (ask ? ASK : ''));
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
    this.#writeNow(this.#output.leave);
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
  show(picture: TerminalRows): void {
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
    const text = this.#output.text(this.#last, picture);
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
