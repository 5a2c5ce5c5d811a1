import { joined } from '../tmux/arguments.ts';
import type { TmuxServer } from '../tmux/server.ts';
import { Fence } from './fence.ts';
import { pressingThen, printedAfterKeys } from './pane-input.ts';

/** How far a text has come: the number of its pieces that were typed, or `entered` once its submit keys were pressed. */
export type Stage = number | 'entered';

/** Commands that run right before and right after another one. */
interface Around {
  before: readonly string[][];
  after: readonly string[][];
}

const NOTHING_AROUND: Around = { before: [], after: [] };

/**
 * A text while it is typed into a pane. tmux keeps its pieces in buffers, in memory, and the name of one more buffer, the
 * marker, says how far the text has come. Each step renames the marker in the same call of tmux and before anything
 * else. So the next process finds out what one that was killed had typed; and once it has taken the marker over, a step
 * of the killed one that tmux runs late does nothing. The marker itself is only set behind the fence of its process.
 */
export class Typing {
  readonly #tmux: TmuxServer;
  readonly #pane: string;
  readonly #token: string;
  readonly #fence: Fence;
  #pieces = 0;
  #stage: Stage = 0;
  /** How many processes have had it. */
  #round = 0;

  /**
   * `token` distinguishes it from every other text for this pane. `fence` must be raised before the text is typed.
   */
  constructor(tmux: TmuxServer, pane: string, token: string, fence = new Fence(pane)) {
    this.#tmux = tmux;
    this.#pane = pane;
    this.#token = token;
    this.#fence = fence;
  }

  get fence(): Fence {
    return this.#fence;
  }

  /** Keeps the text, which will be typed piece by piece. */
  async begin(pieces: readonly string[]): Promise<void> {
    await this.#fence.through(this.#tmux, async () => {
      for (const [index, piece] of pieces.entries()) {
        // The marker comes last: with it, all of the text is there.
        const isLast = index === pieces.length - 1;
        await this.#load(index, piece, isLast ? [this.#mark(0)] : []);
      }
      return '';
    });
    this.#pieces = pieces.length;
  }

  /**
   * Keeps a text of one piece and types it, in one call of tmux. Returns what the commands before and after that print.
   */
  async beginAndType(piece: string, { before, after }: Around = NOTHING_AROUND): Promise<string> {
    const commands = [this.#mark(1), ...before, this.#paste(0), ...after];
    const printed = await this.#fence.through(this.#tmux, () => this.#load(0, piece, commands));
    this.#pieces = 1;
    this.#stage = 1;
    return printed;
  }

  /**
   * The text that was begun under this token; null if no marker of it was set, or it has been forgotten. From now on,
   * none is set by a process that has begun before.
   */
  static async find(tmux: TmuxServer, pane: string, token: string): Promise<Typing | null> {
    const typing = new Typing(tmux, pane, token);
    const prefix = typing.#name('');
    const list = joined([['list-buffers', '-F', '#{buffer_name}'], typing.fence.raise]);
    const names = (await tmux.run(list)).split('\n');
    const own = names.filter((name) => name.startsWith(prefix)).map((name) => name.slice(prefix.length));
    const marker = own.map((name) => MARKER.exec(name)).find((match) => match !== null);
    if (!marker) return null;
    const [, stage = '0', round = '0'] = marker;
    typing.#pieces = own.length - 1;
    typing.#stage = stage === 'entered' ? stage : Number(stage);
    typing.#round = Number(round);
    return typing;
  }

  get stage(): Stage {
    return this.#stage;
  }

  get round(): number {
    return this.#round;
  }

  /** What was typed of it. */
  async typed(): Promise<string> {
    const count = this.#stage === 'entered' ? this.#pieces : this.#stage;
    const pieces: string[] = [];
    for (let index = 0; index < count; index++)
      pieces.push(await this.#tmux.run(['show-buffer', '-b', this.#piece(index)]));
    return pieces.join('');
  }

  /** Types the next piece; returns what the commands in `before` print, which run right before it. */
  async type(before: readonly string[][]): Promise<string> {
    if (this.#stage === 'entered') throw new Error('the text was submitted');
    return this.#step({ stage: this.#stage + 1 }, [...before, this.#paste(this.#stage)]);
  }

  /**
   * Presses the submit keys. Returns what the commands in `after` print, which run right after that; '' if one of them
   * failed, as where the keys have ended the program.
   */
  async enter(keys: readonly string[], after: readonly string[][] = []): Promise<string> {
    const step = this.#step({ stage: 'entered' }, pressingThen(this.#pane, keys, after));
    const printed = await printedAfterKeys(step);
    this.#stage = 'entered';
    return printed;
  }

  /** Takes it over from a process that was killed. @throws TMUX_FAILED if a step of that process came first. */
  async takeOver(): Promise<void> {
    await this.#step({ round: this.#round + 1 }, []);
  }

  /** Forgets the text, once its outcome is recorded. */
  async forget(): Promise<void> {
    if (this.#pieces === 0) return;
    const pieces = Array.from({ length: this.#pieces }, (_, index) => this.#piece(index));
    const commands = [...pieces, this.#marker()].map((name) => ['delete-buffer', '-b', name]);
    // A pane that is gone may have taken its server, and so the buffers, with it.
    await this.#tmux.run(joined(commands)).catch(() => {});
    this.#pieces = 0;
    this.#stage = 0;
  }

  /** Keeps a piece, and runs commands behind the fence. */
  #load(index: number, piece: string, commands: readonly string[][]): Promise<string> {
    const load = ['load-buffer', '-b', this.#piece(index), '-'];
    const undo = Array.from({ length: index + 1 }, (_, at) => ['delete-buffer', '-b', this.#piece(at)]);
    // Once more after the text has come: tmux runs calls of others while it waits for it.
    return this.#tmux.run(joined([this.#fence.guard([load, this.#fence.guard(commands, undo)])]), piece);
  }

  async #step(to: { stage?: Stage; round?: number }, commands: readonly string[][]): Promise<string> {
    const { stage = this.#stage, round = this.#round } = to;
    const rename = ['set-buffer', '-b', this.#marker(), '-n', this.#marker(stage, round)];
    const printed = await this.#tmux.run(joined([rename, ...commands]));
    this.#stage = stage;
    this.#round = round;
    return printed;
  }

  #mark(stage: Stage): string[] {
    return ['set-buffer', '-b', this.#marker(stage), 'marker'];
  }

  #paste(piece: number): string[] {
    return ['paste-buffer', '-p', '-r', '-b', this.#piece(piece), '-t', this.#pane];
  }

  #marker(stage = this.#stage, round = this.#round): string {
    return this.#name(`at ${stage} ${round}`);
  }

  #piece(index: number): string {
    return this.#name(`${index}`);
  }

  #name(part: string): string {
    return `typing ${this.#pane} ${this.#token} ${part}`;
  }
}

const MARKER = /^at (\d+|entered) (\d+)$/;
