import { constants } from 'node:os';
import type { ReadStream, WriteStream } from 'node:tty';
import type { Env } from '../../config/paths.ts';
import { sessionById } from '../../projections/sessions/queries.ts';
import { type Given, inOneLine } from './actions/action.ts';
import { actionOf, hintsFor, whyNot } from './actions/index.ts';
import { isInterrupt, type Meaning, meaningOf, OWN_KEYS } from './controls.ts';
import { DialogHost } from './dialog-host.ts';
import { DetailFeed } from './feed/detail-feed.ts';
import { LedgerFeed } from './feed/ledger-feed.ts';
import type { Frame } from './model/frame.ts';
import { helpLines, limitPages } from './model/help.ts';
import { frameOf } from './model/layout.ts';
import { linearOf } from './model/linear.ts';
import { initialState, type State, selectedWorker } from './model/state.ts';
import { type Change, update } from './model/update.ts';
import { type Input, isLight } from './terminal/input.ts';
import { frames, lines } from './terminal/output.ts';
import { Terminal } from './terminal/terminal.ts';
import type { Palette } from './text/palette.ts';
import { InkPictures } from './views/ink-pictures.ts';

/** Frames follow each other at this distance at least, in milliseconds. */
const FRAME_MS = 33;
/** The pause after a frame, in times of what it took: a busy screen must not keep a core busy. */
const REST_PER_DRAWING = 4;

export interface DashboardOptions {
  env: Env;
  stdin: ReadStream;
  stdout: WriteStream;
  palette: Palette;
  /** Whether the terminal's answer about its background counts. */
  asksBackground: boolean;
  /** Whether lines are printed in reading order, for a screen reader. */
  isLinear: boolean;
}

/** The dashboard: what is read becomes a state, each state a frame, and each input a change or an action. */
export class Dashboard {
  readonly #options: DashboardOptions;
  readonly #terminal: Terminal;
  readonly #pictures = new InkPictures();
  readonly #feed: LedgerFeed;
  readonly #details: DetailFeed;
  readonly #dialogs: DialogHost;
  #palette: Palette;
  #state: State;
  #frame: Frame;
  #drawing: NodeJS.Timeout | null = null;
  #drawnAt = 0;
  #drawingMs = 0;
  #isActing = false;
  /** Whether another program has the terminal. */
  #isOutside = false;
  readonly #closing = new AbortController();
  /** What was typed while an action was getting its dialog ready. */
  #early: Input[] = [];
  #end: (code: number) => void = () => {};

  constructor(options: DashboardOptions) {
    this.#options = options;
    this.#palette = options.palette;
    this.#terminal = new Terminal(options, options.isLinear ? lines : frames, {
      input: (input) => this.#input(input),
      resized: () => this.#change({ kind: 'resized', ...this.#terminal.size }),
      lost: () => this.#end(0),
    });
    const { cols, rows } = this.#terminal.size;
    this.#state = initialState(cols, rows, new Date());
    this.#frame = frameOf(this.#state);
    this.#feed = new LedgerFeed(options.env, {
      read: (snapshot) => this.#change({ kind: 'read', snapshot }),
      opened: (app) => this.#details.opened(app),
      lost: () => this.#details.close(),
    });
    this.#details = new DetailFeed((detail) => this.#change({ kind: 'detail', detail }));
    this.#dialogs = new DialogHost({
      dialog: (dialog) => {
        this.#change({ kind: 'dialog', dialog });
        if (dialog) this.#takeEarly();
      },
      notice: (notice) => this.#change({ kind: 'notice', notice }),
      outside: (work) => this.#outside(work),
    });
  }

  /** Runs until the person quits or the terminal is gone. Resolves to the exit code. @throws what opening the ledger throws */
  async run(): Promise<number> {
    const ended = new Promise<number>((resolve) => {
      this.#end = resolve;
    });
    const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;
    const onSignal = (signal: NodeJS.Signals) => this.#end(128 + constants.signals[signal]);
    for (const signal of signals) process.on(signal, onSignal);
    process.on('SIGTSTP', this.#suspend);
    process.on('SIGCONT', this.#resume);
    try {
      // Before the terminal is taken: what is wrong with the ledger is printed as by any command.
      await this.#feed.start();
      this.#terminal.enter({ ask: this.#options.asksBackground });
      this.#draw();
      const code = await ended;
      await this.#terminal.settled();
      return code;
    } finally {
      this.close();
      for (const signal of signals) process.off(signal, onSignal);
      process.off('SIGTSTP', this.#suspend);
      process.off('SIGCONT', this.#resume);
    }
  }

  close(): void {
    // What has the terminal now would go on with the shell in it.
    this.#closing.abort();
    if (this.#drawing) clearTimeout(this.#drawing);
    this.#terminal.close();
    this.#feed.close();
    this.#details.close();
    this.#pictures.close();
  }

  #change(change: Change): void {
    const before = this.#state;
    this.#state = update(before, change);
    if (this.#state === before) return;
    this.#follow(before);
    this.#schedule();
  }

  /** What is read follows what is selected and shown. */
  #follow(before: State): void {
    const worker = selectedWorker(this.#state);
    const { tab, cols, detail } = this.#state;
    const isSame = worker === selectedWorker(before) && tab === before.tab && cols === before.cols;
    if (!isSame)
      this.#details.show(
        worker && { worker, diff: tab === 'diff' || cols >= 116, timeline: tab === 'timeline' },
      );
    if (!isSame || detail?.words !== before.detail?.words)
      this.#state = update(this.#state, { kind: 'keys', keys: [...hintsFor(worker, detail), ...OWN_KEYS] });
  }

  #schedule(): void {
    if (this.#drawing || this.#closing.signal.aborted) return;
    const pause = Math.max(FRAME_MS, REST_PER_DRAWING * this.#drawingMs);
    const wait = Math.max(0, this.#drawnAt + pause - performance.now());
    this.#drawing = setTimeout(() => {
      this.#drawing = null;
      this.#draw();
    }, wait);
  }

  #draw(): void {
    this.#drawnAt = performance.now();
    const frame = frameOf(this.#state);
    this.#frame = frame;
    const rows = this.#options.isLinear
      ? this.#pictures.read(linearOf(this.#state))
      : this.#pictures.draw(frame, this.#palette);
    this.#terminal.show({ columns: frame.cols, rows, cursor: frame.cursor });
    this.#dialogs.drawn();
    this.#drawingMs = performance.now() - this.#drawnAt;
  }

  #input(input: Input): void {
    if (input.kind === 'background') this.#adapt(isLight(input) ? 'light' : 'dark');
    else if (this.#dialogs.isOpen && !isInterrupt(input)) this.#dialogInput(input);
    else if (this.#isOpening && input.kind !== 'mouse' && !isInterrupt(input)) this.#early.push(input);
    else {
      if (this.#state.notice && !this.#isActing && input.kind === 'key')
        this.#change({ kind: 'notice', notice: null });
      this.#mean(meaningOf(input, this.#state, this.#frame));
    }
  }

  #mean(meaning: Meaning): void {
    switch (meaning?.kind) {
      case 'change':
        this.#change(meaning.change);
        break;
      case 'action':
        void this.#act(meaning.key);
        break;
      case 'quit':
        this.#end(0);
        break;
      case 'suspend':
        // The whole group, as the terminal does: the shell waits for all of it.
        process.kill(0, 'SIGTSTP');
        break;
      case 'redraw':
        this.#terminal.redraw();
        this.#schedule();
        break;
      case 'help':
        void this.#dialogs.read('Keys', (width) => helpLines(this.#state.keys, width));
        break;
      case 'limits':
        void this.#dialogs.read('Subscriptions', (width) => limitPages(this.#state, width));
        break;
    }
  }

  /** Whether an action is about to open a dialog: what is typed now is not meant for the list of workers. */
  get #isOpening(): boolean {
    return this.#isActing && !this.#dialogs.isOpen && this.#state.notice?.kind !== 'busy';
  }

  #takeEarly(): void {
    const early = this.#early;
    this.#early = [];
    for (const input of early) this.#dialogInput(input);
  }

  /** A dialog counts the mouse from the first cell of its inside. */
  #dialogInput(input: Input): void {
    if (!this.#dialogs.isReady) return;
    const { overlay } = this.#frame.overlay ? this.#frame : frameOf(this.#state);
    if (!overlay) return;
    const { space, inside } = overlay;
    const placed =
      input.kind === 'mouse'
        ? { ...input, row: input.row - inside.row, column: input.column - inside.column }
        : input;
    this.#dialogs.input(placed, space);
  }

  async #act(key: string): Promise<void> {
    const action = actionOf(key);
    const { app } = this.#feed;
    const { snapshot, detail } = this.#state;
    const worker = selectedWorker(this.#state);
    if (!action || this.#isActing) return;
    if (!app || !snapshot) {
      this.#fail('The ledger cannot be read now.');
      return;
    }
    const why = whyNot(action, worker, detail);
    if (why !== null) {
      this.#fail(why);
      return;
    }
    this.#isActing = true;
    try {
      const session = worker && sessionById(app.ledger, worker.session.id);
      const given = { app, detail, snapshot, dialogs: this.#dialogs };
      if (action.needs === 'nothing')
        await action.run({ ...given, ...(worker && session ? { worker, session } : {}) });
      else if (worker && session) await action.run({ ...given, worker, session } satisfies Given);
    } catch (error) {
      this.#fail(
        app === this.#feed.app
          ? inOneLine(error)
          : 'The ledger was lost meanwhile. Press the key again once it can be read.',
      );
    } finally {
      this.#isActing = false;
      this.#early = [];
      if (this.#state.notice?.kind === 'busy') this.#change({ kind: 'notice', notice: null });
    }
  }

  #fail(text: string): void {
    this.#change({ kind: 'notice', notice: { kind: 'failed', text } });
  }

  async #outside<T>(work: (signal: AbortSignal) => Promise<T>): Promise<T> {
    this.#terminal.leave();
    this.#isOutside = true;
    try {
      return await work(this.#closing.signal);
    } finally {
      this.#isOutside = false;
      if (!this.#closing.signal.aborted) this.#takeBack();
    }
  }

  #takeBack(): void {
    this.#terminal.enter();
    this.#change({ kind: 'resized', ...this.#terminal.size });
    this.#draw();
  }

  #adapt(background: Palette['background']): void {
    if (!this.#options.asksBackground || this.#palette.background === background) return;
    this.#palette = { ...this.#palette, background };
    this.#schedule();
  }

  readonly #suspend = (): void => {
    this.#terminal.leave();
    process.kill(process.pid, 'SIGSTOP');
  };

  readonly #resume = (): void => {
    if (!this.#isOutside) this.#takeBack();
  };
}
