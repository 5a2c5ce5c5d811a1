import { setTimeout as sleep } from 'node:timers/promises';
import { type Home, type Said, saidBy } from './home.ts';

/**
 * Kills a command line with SIGKILL at random moments of its run. How long it takes is learnt on the way, since a machine
 * is faster or slower from one moment to the next.
 */
export class Killer {
  #usualMs: number;
  readonly #table = new Map<string, number>();

  /** `usualMs`: how long the command takes, as a first guess. */
  constructor(usualMs: number) {
    this.#usualMs = usualMs;
  }

  /**
   * Runs the command and kills it at this fraction (0 to 1) of its usual duration, which begins when `from` holds: at
   * once, or at a step of the command. False if it had ended by then.
   */
  async kill(
    home: Home,
    words: readonly string[],
    { moment = Math.random(), from = () => true }: { moment?: number; from?: () => boolean } = {},
  ): Promise<{ killed: boolean; said: Said }> {
    const child = home.start(words);
    const over = saidBy(child);
    let ended = false;
    void over.then(() => {
      ended = true;
    });
    while (!ended && !from()) await sleep(2);
    await Promise.race([sleep(moment * this.#usualMs), over]);
    child.kill('SIGKILL');
    const said = await over;
    const killed = said.signal === 'SIGKILL';
    this.#usualMs *= killed ? 1.03 : 0.9;
    return { killed, said };
  }

  /** Counts how far the killed command had come, and what became of it. */
  note(...columns: string[]): void {
    const line = columns
      .map((column) => column.padEnd(26))
      .join('  ')
      .trimEnd();
    this.#table.set(line, (this.#table.get(line) ?? 0) + 1);
  }

  /** How often each was seen. */
  table(...heads: string[]): string {
    const lines = [...this.#table].sort().map(([line, count]) => `${String(count).padStart(5)}  ${line}`);
    const head = heads
      .map((column) => column.padEnd(26))
      .join('  ')
      .trimEnd();
    return [`times  ${head}`, ...lines].join('\n');
  }
}
