import { commandsText } from '../tmux/config.ts';
import { tmuxMessage } from '../tmux/program.ts';
import type { TmuxServer } from '../tmux/server.ts';

type Command = readonly string[];

/** An option of the pane: the id of the fence that was raised last. */
const OPTION = '@agentpool_typing';
const ANOTHER = 'another process types into the pane';
/** Fails on every tmux: no buffer has this name. */
const FAIL = ['show-buffer', '-b', ANOTHER];
/** A killed process has one call that may come late; more than two such processes at once are not to be expected. */
const MOST_TRIES = 3;

/**
 * Lets only one process type into a pane: the one that raised its fence there last. It does so in the call in which it
 * looks at the screen. A call of a killed process that tmux runs later, and that would type into what the next one has
 * seen, then does nothing.
 */
export class Fence {
  readonly #pane: string;
  readonly #id = `${process.pid}.${process.hrtime.bigint()}`;

  constructor(pane: string) {
    this.#pane = pane;
  }

  /** The command that raises it; it prints nothing. */
  get raise(): string[] {
    return ['set-option', '-p', '-t', this.#pane, OPTION, this.#id];
  }

  /**
   * The command that runs others in one step if no other fence was raised since. Otherwise it runs `undo`, and fails.
   * Commands after it run in either case.
   */
  guard(commands: readonly Command[], undo: readonly Command[] = []): string[] {
    const isLast = `#{==:#{${OPTION}},${this.#id}}`;
    return [
      ...['if-shell', '-F', '-t', this.#pane, isLast],
      commandsText(commands),
      commandsText([...undo, FAIL]),
    ];
  }

  /**
   * Runs a guarded call. Where another fence was raised since, it did nothing; then this one is raised again, and the
   * call repeated: one process at a time types, so the other fence is that of a killed one, whose last call came late
   * and only looked.
   */
  async through(tmux: TmuxServer, call: () => Promise<string>): Promise<string> {
    for (let tries = 1; ; tries++) {
      try {
        return await call();
      } catch (error) {
        if (tries === MOST_TRIES || !tmuxMessage(error).includes(ANOTHER)) throw error;
        await tmux.run(this.raise);
      }
    }
  }
}
