import { LastLines } from '../../lib/text/last-lines.ts';
import type { PlainLines } from '../screen/plain-lines.ts';
import type { LogicalLine } from '../screen/rows.ts';
import type { Redaction } from './redaction.ts';
import { fingerprint, ShownLines } from './shown-lines.ts';
import { type HistoryMark, indexAfterMark, stateOfRun } from './state.ts';
import { type Contents, TranscriptFile } from './transcript-file.ts';

/** A line on its way through the redactor. */
interface PassingLine {
  /** 'print' is written to the file, 'context' only informs the redactor, 'skip' bypasses it. */
  as: 'print' | 'context' | 'skip';
  /** Its part of tmux's history; null for a line that is not in it. */
  history: LogicalLine | null;
  /** The history was erased here. */
  erased?: true;
}

/** A secret of many lines (a private key) is recognised by its first. */
const contextLines = 128;
const markLines = 64;
/** How many of the lines from before the history was erased are recognised when they are printed again. */
const epochLines = 2000;
/** How many characters are written at once: each write also replaces the state. */
const mostUnwritten = 1024 * 1024;

/**
 * Writes what a worker printed: each line once, in order. The file is a settled part that only grows, and a tail that
 * is replaced: what is on the main screen and may still change. Everything is redacted before it is written.
 *
 * After a kill between the writing of the file and of its state, the state covers less than the file; the next writer
 * cuts the file there and takes the lines from tmux's history again.
 *
 * No method throws because the file cannot be written: a full disk must not stop the watching. The lines wait in memory
 * and are written when there is space, also after `close`.
 */
export class TranscriptWriter {
  readonly #file: TranscriptFile;
  readonly #redaction: Redaction;
  readonly #run: number | undefined;
  /** What is on the screen is known. Before that, nothing is written: the end of an earlier watch is not replaced. */
  #hasResumed = false;
  #redactor;
  #mark: HistoryMark;
  /** The full text of the mark's last lines, as far as known; fingerprints are computed when the state is written. */
  readonly #markTexts = new LastLines();
  #shown: ShownLines;
  #frame: ShownLines | null;
  readonly #epoch = new LastLines();
  #historyJustErased = false;
  #passing: PassingLine[] = [];
  /** The last lines that went through the redactor, unredacted. */
  readonly #context = new LastLines();
  #tail: readonly string[] = [];

  constructor(path: string, redaction: Redaction, run = 1) {
    const state = stateOfRun(path, run);
    this.#run = state.run;
    this.#file = new TranscriptFile(path, state.settledBytes, {
      retry: () => this.#save(),
      fault: (error) => redaction.onFault?.(error),
    });
    this.#redaction = redaction;
    this.#redactor = redaction.lines();
    this.#mark = state.mark;
    this.#shown = new ShownLines(state.shown);
    this.#frame = state.frame && new ShownLines(state.frame);
  }

  /**
   * Starts, or continues after an earlier watch, with the whole of tmux's history, whose start may be in the file
   * already. `exact` says that it reaches back to the worker's start.
   */
  resume(
    history: readonly LogicalLine[],
    { exact, fullScreen }: { exact: boolean; fullScreen: boolean },
  ): void {
    this.#save();
    this.#hasResumed = true;
    const found = indexAfterMark(history, this.#currentMark(), exact);
    const from = found ?? 0;
    this.#redactor = this.#redaction.lines();
    this.#passing = [];
    this.#context.clear();
    if (found === null) this.#pass([{ as: 'print', history: null }], [gapLine]);
    const before = history.slice(Math.max(0, from - contextLines), from);
    this.#pass(
      before.map(() => ({ as: 'context', history: null })),
      before.map(({ text }) => text),
    );
    if (exact) this.#mark = { ...this.#mark, rows: rowsOf(history.slice(0, from)) };
    if (!fullScreen) this.#frame = null;
    this.scrolled(history.slice(from));
  }

  get isFullScreen(): boolean {
    return this.#frame !== null;
  }

  scrolled(lines: readonly LogicalLine[]): void {
    this.#historyJustErased = false;
    this.#settle(lines);
  }

  /** The same for plain lines in one piece. */
  scrolledPlain(lines: PlainLines): void {
    const isPrinted = this.#shown.isEmpty && this.#passing.every(({ as }) => as === 'print');
    const ready = isPrinted ? this.#redactor.pushPlain?.(lines) : undefined;
    if (!ready) {
      this.scrolled(lines.lines());
      return;
    }
    this.#historyJustErased = false;
    const text = { text: lines.text, length: lines.count };
    this.#epoch.addText(text);
    this.#epoch.keep(epochLines);
    this.#context.addText(text);
    if (ready.count > 0) this.#file.enqueue(ready.text);
    const before = Math.min(ready.count, this.#passing.length);
    for (const line of this.#passing.slice(0, before)) this.#advance(line);
    const { first, last } = lines.cut(lines.count - (ready.count - before));
    if (first) this.#advancePlain(first);
    const held = last.map((history): PassingLine => ({ as: 'print', history }));
    this.#passing = [...this.#passing.slice(before), ...held];
    this.#passed();
  }

  /** Called before the screen is erased. Its lines are not written again when they are redrawn. */
  erased(lines: readonly LogicalLine[]): void {
    this.#settle(lines);
    const before = this.#historyJustErased ? this.#shown.fingerprints() : [];
    this.#shown = new ShownLines([...before, ...ShownLines.of(textsOf(lines)).fingerprints()]);
  }

  #settle(lines: readonly LogicalLine[]): void {
    const passing: PassingLine[] = [];
    const printed: string[] = [];
    for (const line of lines) {
      const again = this.#shown.take(line.text);
      passing.push({ as: again ? 'skip' : 'print', history: line });
      if (!again) printed.push(line.text);
    }
    this.#epoch.add(textsOf(lines));
    this.#epoch.keep(epochLines);
    this.#pass(passing, printed);
  }

  /** Programs erase the history to print it all again (ink, when its output is higher than the screen). */
  historyErased(): void {
    this.#shown = ShownLines.of(this.#epoch.last(epochLines));
    this.#historyJustErased = true;
    this.#epoch.clear();
    this.#pass([{ as: 'skip', history: null, erased: true }], []);
  }

  /** What is on the main screen came before what the full-screen program will show. */
  fullScreenEntered(mainLines: readonly LogicalLine[]): void {
    this.#append(this.#shown.withoutShown(textsOf(mainLines)));
    this.#shown = ShownLines.of(textsOf(mainLines));
    this.#frame = new ShownLines([]);
  }

  /** A full-screen program's screen that has settled: adds the lines that the previous one did not have. */
  settleFullScreen(lines: readonly LogicalLine[]): void {
    if (!this.#frame) return;
    this.#append(this.#frame.withoutShown(textsOf(lines)));
    this.#frame = ShownLines.of(textsOf(lines));
  }

  fullScreenLeft(lines: readonly LogicalLine[]): void {
    this.settleFullScreen(lines);
    this.#frame = null;
  }

  /** Sets what is on the main screen now, down to its last line. Written at the next flush. */
  tail(mainLines: readonly LogicalLine[]): void {
    this.#tail = textsOf(mainLines);
  }

  /** Writes everything that waits; while the disk is full, the next try does. */
  flush(): void {
    if (!this.#file.isRetrying) this.#save();
  }

  close(): void {
    this.#save();
  }

  /** Adds lines that are in no history. */
  #append(lines: readonly string[]): void {
    this.#pass(
      lines.map(() => ({ as: 'print', history: null })),
      lines,
    );
  }

  #pass(passing: readonly PassingLine[], lines: readonly string[]): void {
    // Not push(...): more than a hundred thousand arguments overflow the stack.
    this.#passing = this.#passing.length === 0 ? [...passing] : this.#passing.concat(passing);
    this.#context.add(lines);
    const ready = this.#redactor.push(lines);
    let taken = 0;
    let next = 0;
    for (const line of this.#passing) {
      if (line.as !== 'skip' && taken === ready.length) break;
      const text = line.as === 'skip' ? undefined : ready[taken++];
      if (line.as === 'print' && text !== undefined) this.#file.enqueue(text);
      this.#advance(line);
      next++;
    }
    this.#passing = this.#passing.slice(next);
    this.#passed();
  }

  #passed(): void {
    this.#context.keep(this.#contextLength());
    this.#markTexts.keep(markLines);
    if (this.#file.waitingLength < mostUnwritten) return;
    if (this.#file.isRetrying) {
      this.#file.dropOldest();
      return;
    }
    // The known screen is older than these lines: it is set again before the next flush.
    this.#tail = [];
    this.#save();
  }

  #advance({ history, erased }: PassingLine): void {
    if (erased) {
      this.#mark = { rows: 0, last: [] };
      this.#markTexts.clear();
    }
    if (!history) return;
    this.#mark.rows += history.rows;
    this.#markTexts.add([history.text]);
  }

  #advancePlain({ text, count, rows }: PlainLines): void {
    this.#mark.rows += rows;
    this.#markTexts.addText({ text, length: count });
  }

  /** How many lines the redactor needs before those on the screen: those that it holds back, and some above them. */
  #contextLength(): number {
    return contextLines + this.#heldBack().length;
  }

  #heldBack(): PassingLine[] {
    return this.#passing.filter(({ as }) => as === 'print');
  }

  #currentMark(): HistoryMark {
    const last = [...this.#mark.last, ...this.#markTexts.last(markLines).map(fingerprint)];
    this.#markTexts.clear();
    this.#mark = { rows: this.#mark.rows, last: lastOf(last, markLines) };
    return this.#mark;
  }

  /** The lines that the redactor holds back and those on the screen, redacted with the preceding lines as context. */
  #tailText(): string {
    const context = this.#context.last(this.#contextLength());
    const lines = [...context, ...this.#shown.withoutShown(this.#tail)];
    const from = context.length - this.#heldBack().length;
    return this.#redaction.text(lines.join('\n')).split('\n').slice(from).map(withEnd).join('');
  }

  #save(): void {
    if (this.#hasResumed)
      this.#file.save(() => (this.#redaction.mayWrite?.() === false ? null : this.#contents()));
  }

  #contents(): Contents {
    return {
      tail: this.#tailText(),
      state: {
        mark: this.#currentMark(),
        shown: this.#shown.fingerprints(),
        frame: this.#frame?.fingerprints() ?? null,
        ...(this.#run === undefined ? {} : { run: this.#run }),
      },
    };
  }
}

const gapLine = '[agentpool: lines may be missing here, printed while no watcher ran]';

const withEnd = (line: string): string => `${line}\n`;
const textsOf = (lines: readonly LogicalLine[]): string[] => lines.map(({ text }) => text);
const rowsOf = (lines: readonly LogicalLine[]): number => lines.reduce((rows, line) => rows + line.rows, 0);
const lastOf = <T>(list: T[], count: number): T[] => (list.length > count ? list.slice(-count) : list);
