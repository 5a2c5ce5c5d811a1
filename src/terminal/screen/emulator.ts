import unicode11 from '@xterm/addon-unicode11';
import type { IMarker, Terminal } from '@xterm/headless';
import headless from '@xterm/headless';
import { CHUNK_ROWS, Feed } from './feed.ts';
import { PlainLines } from './plain-lines.ts';
import { type LogicalLine, logicalLines, screenRow, toLastNonBlank, trimmed } from './rows.ts';
import type { Screen } from './screen.ts';
import { SIGNAL_CODES, type TerminalSignal, TerminalSignals } from './terminal-signals.ts';

/**
 * Receives what leaves the screen: lines in order, each once. The sum of `rows` equals the length of tmux's own
 * history.
 */
export interface ScreenListener {
  /** Lines that scrolled off the main screen. */
  scrolled(lines: LogicalLine[]): void;
  /** The same for plain lines in one piece; `scrolled` receives them one by one where this is missing. */
  scrolledPlain?(lines: PlainLines): void;
  /** The whole main screen, just before the program erases it. tmux scrolls it into its history. */
  erased(lines: LogicalLine[]): void;
  /** The program erased what had scrolled off before (ED 3), as tmux does with its history. */
  historyErased(): void;
  /** A full-screen program starts; these lines stay on the main screen behind it. */
  fullScreenEntered(mainLines: LogicalLine[]): void;
  /** A full-screen program ends; its last screen. */
  fullScreenLeft(lines: LogicalLine[]): void;
  title(title: string): void;
  bell(): void;
  signal?(signal: TerminalSignal): void;
}

/** For a screen alone. */
export const IGNORING: ScreenListener = {
  scrolled() {},
  erased() {},
  historyErased() {},
  fullScreenEntered() {},
  fullScreenLeft() {},
  title() {},
  bell() {},
};

/** As little as is safe: all of it stays in memory as long as the watch of a worker. */
const scrollback = CHUNK_ROWS + 2000;
/** Characters. A line without an end must not fill the memory. */
const maxLineLength = 1_000_000;
const escapeByte = 0x1b;

/**
 * Composes a pane's bytes into its screen, as tmux does. It never answers the program's queries: tmux has already done
 * so.
 */
export class Emulator {
  readonly #terminal: Terminal;
  readonly #feed: Feed;
  readonly #cell;
  #listener: ScreenListener;
  #title = '';
  /** On the last harvested row: unlike a marker on the screen, it survives erasing the screen. */
  #harvested: IMarker | undefined;
  /** Rows of a logical line whose end is still on the screen. */
  #partial: LogicalLine | undefined;
  #afterEscape = false;
  #isCursorShown = true;

  constructor(size: { cols: number; rows: number }, listener: ScreenListener) {
    this.#listener = listener;
    this.#terminal = new headless.Terminal({ ...size, scrollback, allowProposedApi: true, logLevel: 'off' });
    this.#terminal.loadAddon(new unicode11.Unicode11Addon());
    this.#terminal.unicode.activeVersion = '11';
    this.#cell = this.#terminal.buffer.active.getNullCell();
    this.#terminal.onTitleChange((title) => {
      if (title === this.#title) return;
      this.#title = title;
      this.#listener.title(title);
    });
    this.#terminal.onBell(() => this.#listener.bell());
    this.#registerHandlers();
    this.#feed = new Feed({
      terminal: this.#terminal,
      pending: () => this.#terminal.buffer.normal.baseY - this.#firstPending(),
      harvest: (end) => this.#harvest(end),
      passOn: (lines) => {
        this.#partial = undefined;
        const listener = this.#listener;
        if (!(lines instanceof PlainLines)) listener.scrolled(lines);
        else if (listener.scrolledPlain) listener.scrolledPlain(lines);
        else listener.scrolled(lines.lines());
      },
    });
  }

  get cols(): number {
    return this.#terminal.cols;
  }

  get rows(): number {
    return this.#terminal.rows;
  }

  set listener(listener: ScreenListener) {
    this.#listener = listener;
  }

  set initialTitle(title: string) {
    this.#title = title;
  }

  /** Resolves when the bytes are on the screen and the listener was called. The emulator may change the bytes. */
  write(bytes: Uint8Array): Promise<void> {
    this.#hideWindowNames(bytes);
    return new Promise((resolve) => this.#feed.write(bytes, resolve));
  }

  screen(): Screen {
    const buffer = this.#terminal.buffer.active;
    const rows = Array.from({ length: this.rows }, (_, row) => {
      const line = buffer.getLine(buffer.baseY + row);
      return line ? screenRow(line, this.cols, this.#cell) : { text: '', wrapped: false };
    });
    return {
      cols: this.cols,
      rows,
      cursor: { row: buffer.cursorY, col: Math.min(buffer.cursorX, this.cols - 1) },
      isCursorShown: this.#isCursorShown,
      alternate: buffer.type === 'alternate',
      title: this.#title,
    };
  }

  /** The lines of the main screen down to the last that is not blank, also while a full-screen program hides it. */
  mainLines(): LogicalLine[] {
    const buffer = this.#terminal.buffer.normal;
    return toLastNonBlank(logicalLines(buffer, buffer.baseY, buffer.length, this.#partial).map(trimmed));
  }

  /** The lines of the visible screen. */
  visibleLines(): LogicalLine[] {
    const buffer = this.#terminal.buffer.active;
    if (buffer.type === 'normal') return this.mainLines();
    return toLastNonBlank(logicalLines(buffer, buffer.baseY, buffer.length).map(trimmed));
  }

  /** What has scrolled off of the line that the first row continues; '' where it begins one. */
  get headOfFirstLine(): string {
    const buffer = this.#terminal.buffer.active;
    const continues = buffer.type === 'normal' && buffer.getLine(buffer.baseY)?.isWrapped;
    return continues ? (this.#partial?.text ?? '') : '';
  }

  /** The last cell of a row. A cursor that waits behind it can only be put there by printing this character again. */
  lastCellOfRow(row: number): { char: string; col: number } {
    const buffer = this.#terminal.buffer.active;
    const line = buffer.getLine(buffer.baseY + row);
    const wide = line?.getCell(this.cols - 1)?.getWidth() === 0;
    const col = this.cols - (wide ? 2 : 1);
    return { char: line?.getCell(col)?.getChars() || ' ', col };
  }

  dispose(): void {
    this.#terminal.dispose();
  }

  /** The first row of the buffer that was not passed on yet. */
  #firstPending(): number {
    return this.#harvested ? this.#harvested.line + 1 : 0;
  }

  /** Passes on the rows above the screen, or above row `end` of the buffer. */
  #harvest(end = this.#terminal.buffer.normal.baseY): void {
    // Nothing scrolls off while a full-screen program runs.
    if (this.#isFullScreen()) return;
    const buffer = this.#terminal.buffer.normal;
    const from = this.#firstPending();
    if (from >= end) return;
    const lines = logicalLines(buffer, from, end, this.#partial);
    const continues = buffer.getLine(end)?.isWrapped && (lines.at(-1)?.text.length ?? 0) < maxLineLength;
    this.#partial = continues ? lines.pop() : undefined;
    this.#harvested?.dispose();
    this.#harvested = this.#terminal.registerMarker(end - 1 - buffer.baseY - buffer.cursorY);
    if (lines.length) this.#listener.scrolled(lines.map(trimmed));
  }

  #isFullScreen(): boolean {
    return this.#terminal.buffer.active.type === 'alternate';
  }

  #registerHandlers(): void {
    const { parser, buffer } = this.#terminal;
    parser.registerCsiHandler({ final: 'J' }, ([how]) => {
      const isWholeScreen = how === 2 || (!how && buffer.active.cursorX === 0 && buffer.active.cursorY === 0);
      if (isWholeScreen && !this.#isFullScreen()) this.#screenErased();
      if (how === 3) {
        this.#harvest();
        if (!this.#isFullScreen()) this.#forgetScrollback();
        this.#listener.historyErased();
      }
      return false;
    });
    // SU: tmux keeps what it scrolls off; the emulator discards it.
    parser.registerCsiHandler({ final: 'S' }, ([count]) => {
      if (this.#isFullScreen()) return false;
      this.#harvest();
      const { baseY } = buffer.normal;
      const end = baseY + Math.min(Number(count) || 1, this.rows);
      this.#listener.scrolled(logicalLines(buffer.normal, baseY, end, this.#partial).map(trimmed));
      this.#partial = undefined;
      return false;
    });
    parser.registerEscHandler({ final: 'c' }, () => {
      if (this.#isFullScreen()) this.#listener.fullScreenLeft(this.visibleLines());
      else this.#screenErased();
      this.#isCursorShown = true;
      this.#forgetScrollback();
      return false;
    });
    const signals = new TerminalSignals();
    for (const code of SIGNAL_CODES)
      parser.registerOscHandler(code, (data) => {
        const signal = signals.read(code, data);
        if (signal) this.#listener.signal?.(signal);
        return false;
      });
    // Both run before the emulator acts: it switches buffers and clears the one it leaves.
    parser.registerCsiHandler({ prefix: '?', final: 'h' }, (modes) => {
      if (modes.some(isFullScreenMode) && !this.#isFullScreen()) {
        this.#harvest();
        this.#listener.fullScreenEntered(this.mainLines());
      }
      if (modes.includes(CURSOR_MODE)) this.#isCursorShown = true;
      return false;
    });
    parser.registerCsiHandler({ prefix: '?', final: 'l' }, (modes) => {
      if (modes.some(isFullScreenMode) && this.#isFullScreen()) {
        this.#listener.fullScreenLeft(this.visibleLines());
      }
      if (modes.includes(CURSOR_MODE)) this.#isCursorShown = false;
      return false;
    });
  }

  #screenErased(): void {
    this.#harvest();
    const lines = this.mainLines();
    this.#partial = undefined;
    if (lines.length) this.#listener.erased(lines);
  }

  #forgetScrollback(): void {
    this.#harvested?.dispose();
    this.#harvested = undefined;
    this.#partial = undefined;
  }

  /**
   * ESC k names a tmux window; the emulator would print the name. Rewritten to ESC X (a string that terminals ignore),
   * it is dropped up to its end.
   */
  #hideWindowNames(bytes: Uint8Array): void {
    if (this.#afterEscape && bytes[0] === 0x6b) bytes[0] = 0x58;
    for (let at = bytes.indexOf(escapeByte); at !== -1; at = bytes.indexOf(escapeByte, at + 1)) {
      if (bytes[at + 1] === 0x6b) bytes[at + 1] = 0x58;
    }
    if (bytes.length) this.#afterEscape = bytes[bytes.length - 1] === escapeByte;
  }
}

/** Whether the cursor is shown. */
const CURSOR_MODE = 25;

const isFullScreenMode = (mode: number | number[]): boolean => mode === 47 || mode === 1047 || mode === 1049;
