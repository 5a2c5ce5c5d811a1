import { setTimeout as sleep } from 'node:timers/promises';
import { until } from '../../src/lib/testing/until.ts';
import type { Home } from '../../src/workers/testing/home.ts';
import type { Ended, Kind } from './kinds.ts';

/** How long a step of a course may take on a slow, loaded machine, in seconds. */
const STEP_S = 240;
/** How long one `observe` waits: a command that takes two minutes counts as stuck. */
const OBSERVE_S = 60;

/** What the workers of a soak share: the home, and what was measured of their commands. */
export interface Ground {
  home: Home;
  /** Every worker that was started, in order. */
  workers: Ended[];
  /** Milliseconds of each spawn since the last sample. */
  spawns: number[];
  /** By how many seconds the last worker began later than planned. */
  behindS: number;
  /** One at a time has the repository's files. */
  repository: { free: Promise<void> };
}

/** One course of a worker, or of a chain of them: drives them as a person's scripts do, each command a process of its own. */
export class Driver {
  readonly #ground: Ground;
  readonly #kind: Kind;
  readonly waitS: number;
  #started = 0;

  constructor(ground: Ground, kind: Kind, waitS: number) {
    this.#ground = ground;
    this.#kind = kind;
    this.waitS = waitS;
  }

  get home(): Home {
    return this.#ground.home;
  }

  /** Spawns a worker and returns its id. */
  async spawn(provider: string, ...words: string[]): Promise<string> {
    const begun = performance.now();
    const task = words.includes('--task') ? [] : ['--task', 'Look for the parser'];
    const spawned = await this.ask('spawn', '--provider', provider, ...task, ...words);
    if (!words.includes('--queue')) this.#ground.spawns.push(performance.now() - begun);
    return this.#took(spawned.session_id);
  }

  /** Hands the work of a worker over and returns the id of the one that has it then. */
  async handOver(id: string, provider: string): Promise<string> {
    const { successor_id } = await this.ask('handoff', id, '--provider', provider);
    return this.#took(successor_id);
  }

  #took(id: string): string {
    this.#ground.workers.push({ id, kind: this.#kind, place: this.#started++ });
    return id;
  }

  /** Waits as `observe` does. @throws if something else ends the wait. */
  async until(id: string, event: string): Promise<void> {
    const wanted = event.split(',');
    for (let left = STEP_S; left > 0; left -= OBSERVE_S) {
      const words = ['observe', id, '--wait-for', event, '--timeout', String(OBSERVE_S)];
      const seen = await this.ask(...words);
      if (wanted.includes(seen.event) || wanted.includes(seen.state)) return;
      if (seen.event !== 'timeout' || left <= OBSERVE_S)
        throw new Error(
          `${id}: waited for ${event}, and saw ${seen.event} in the state ${seen.state}\n${this.#lastOf(id)}`,
        );
    }
  }

  /** Waits until the terminal of a worker shows the text. */
  async shows(id: string, text: string): Promise<void> {
    const screen = () => this.home.tmux(id, 'capture-pane', '-p') ?? '';
    await until(`the screen of ${id} to show ${text}`, () => screen().includes(text), screen);
  }

  /** What explains why a worker did not come further: its last events, and its screen. */
  #lastOf(id: string): string {
    const events = this.home
      .events(id)
      .slice(-8)
      .map(({ occurred_at, type, data }) => `${occurred_at} ${type} ${JSON.stringify(data).slice(0, 200)}`);
    const screen = this.home.tmux(id, 'capture-pane', '-p')?.trimEnd() ?? 'no terminal';
    return [...events, screen].join('\n');
  }

  /** Gathers the work of a worker and ends it. */
  async finish(id: string): Promise<void> {
    await this.ask('collect', id);
    await this.ask('terminate', id);
  }

  /** The same, with its work applied in the repository, and its worktree discarded: gc would keep that for ever. */
  async take(id: string): Promise<void> {
    await this.apply(id);
    await this.ask('terminate', id);
    await this.ask('worktrees', 'cleanup', id, '--force');
  }

  /** Gathers the work of a worker and applies it in the repository, which is left as it was. */
  async apply(id: string): Promise<void> {
    await this.ask('collect', id);
    await this.#inRepository(async () => {
      await this.ask('apply', id);
      this.home.git('reset', '--quiet', '--hard');
      this.home.git('clean', '--quiet', '-fd');
    });
  }

  async #inRepository(work: () => Promise<void>): Promise<void> {
    const before = this.#ground.repository.free;
    let release = () => {};
    this.#ground.repository.free = new Promise((free) => {
      release = free;
    });
    await before;
    try {
      await work();
    } finally {
      release();
    }
  }

  pause = (seconds: number): Promise<void> => sleep(seconds * 1000);

  /** Runs a command and returns what it printed. @throws if it was refused. */
  async ask(...words: string[]): ReturnType<Home['json']> {
    const said = await this.home.json(words);
    if (said.error) throw new Error(`agentpool ${words.join(' ')}: ${JSON.stringify(said.error)}`);
    return said;
  }
}
