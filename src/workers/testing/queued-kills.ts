import assert from 'node:assert/strict';
import type { ChildProcess } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { until } from '../../lib/testing/until.ts';
import { type Home, killed, saidBy } from './home.ts';
import { Killer } from './kills.ts';
import { Witness } from './witness.ts';

const TASK = ['--task', 'Look for the parser'];

/** Kills the watcher with SIGKILL at random moments while it starts a queued worker, and checks what becomes of that. */
export class QueuedKills {
  readonly #home: Home;
  readonly #killer = new Killer(0);
  /** How long the start of a queued worker takes, in milliseconds; learnt in the first round. */
  #usualMs = 0;
  #rounds = 0;

  /** A home with `witnessAgent`. */
  constructor(home: Home) {
    this.#home = home;
  }

  /** One kill, at this fraction of a start's usual duration. Throws if the worker is lost, stuck or started twice. */
  async round(moment = Math.random() * 1.1): Promise<void> {
    const home = this.#home;
    if (this.#usualMs === 0) this.#usualMs = await this.#measured();
    const witness = new Witness(home);
    const id = await this.#queued();
    const watcher = home.start(['watcher', 'run'], { env: witness.env });
    const over = saidBy(watcher);
    await begins(watcher, id);
    await sleep(this.#usualMs * moment);
    watcher.kill('SIGKILL');
    await over;
    const before = this.#progress(id);
    await home.run(['sessions'], { env: witness.env, wholeProcess: true });
    await until(
      `${id} to be resolved`,
      () => !['QUEUED', 'STARTING'].includes(home.session(id).state),
      () => this.#known(id),
    );
    const { state, reason } = home.session(id);
    if (state !== 'FAILED') await witness.seen();
    assert.equal(
      startsIn(witness.env.FAKE_WITNESS),
      state === 'FAILED' ? 0 : 1,
      `${id} is ${state}: ${reason}`,
    );
    this.#killer.note(before, this.#outcome(id));
    await home.run(['terminate', id], { env: witness.env });
    await until('the request to be removed', () => readdirSync(join(home.folder, 'queue')).length === 0);
    await home.endCommands();
    this.#rounds += 1;
  }

  /** How far each start had come, and what became of it. */
  table(): string {
    return `${this.#killer.table('killed when', 'then')}\n${this.#rounds} kills: none lost, none stuck, none started twice`;
  }

  #request(): string[] {
    const isolation = this.#rounds % 2 === 0 ? 'worktree' : 'read_only';
    return [
      'spawn',
      '--queue',
      '--not-before',
      '+1s',
      '--provider',
      'witness',
      '--isolation',
      isolation,
      ...TASK,
    ];
  }

  async #measured(): Promise<number> {
    const home = this.#home;
    const witness = new Witness(home);
    const id = await this.#queued();
    const watcher = home.start(['watcher', 'run'], { env: witness.env });
    await begins(watcher, id);
    const begun = performance.now();
    await until('its start', () => home.eventsOf('worker.started', id)[0]);
    const took = performance.now() - begun;
    await home.run(['terminate', id]);
    await killed(watcher.pid ?? 0);
    return took;
  }

  /** A request whose time has come, and no watcher. */
  async #queued(): Promise<string> {
    const home = this.#home;
    for (;;) {
      const { session_id: id } = await home.json(this.#request());
      await home.endCommands();
      const [queued] = home.eventsOf('worker.queued', id);
      const due = Date.parse(queued?.data.not_before ?? '');
      while (Date.now() <= due) await sleep(20);
      if (home.session(id).state === 'QUEUED') return id;
      // On a busy machine its time may come before the watcher is gone.
      await home.run(['terminate', id]);
      await home.endCommands();
    }
  }

  /** Why a worker is stuck. */
  #known(id: string): string {
    const events = this.#home.events(id).map(({ occurred_at, type, data }) => [occurred_at, type, data]);
    const log = readFileSync(join(this.#home.folder, 'run', 'watcher.log'), 'utf8');
    return `${JSON.stringify(events, null, 1)}\nwatcher ${this.#home.watcherPid()}\n${log}`;
  }

  #progress(id: string): string {
    const types = this.#home.events(id).map(({ type }) => type);
    if (types.includes('worker.started')) return 'started';
    if (this.#home.tmuxSessions().some((name) => name.endsWith(id))) return 'terminal made';
    if (types.includes('worktree.created')) return 'worktree made';
    return types.includes('worker.spawn_requested') ? 'intent recorded' : 'queued';
  }

  #outcome(id: string): string {
    const { state, reason } = this.#home.session(id);
    if (state === 'FAILED') return `FAILED: ${reason}`;
    const types = this.#home.events(id).map(({ type }) => type);
    if (types.includes('worker.requeued')) return 'queued again, started once';
    return this.#home.eventsOf('worker.started', id)[0]?.data.adopted ? 'adopted' : 'started once';
  }
}

/** Resolves when a watcher logs that it starts this worker. */
const begins = (watcher: ChildProcess, id: string): Promise<void> =>
  new Promise((resolve, reject) => {
    let log = '';
    watcher.stdout?.on('data', (chunk: Buffer) => {
      log += chunk.toString();
      if (log.includes(`starts ${id}`)) resolve();
    });
    watcher.on('exit', () => reject(new Error(`the watcher has ended: ${log}`)));
  });

/** How many processes have noted their start. */
const startsIn = (file: string): number =>
  existsSync(file) ? (readFileSync(file, 'utf8').match(/^\{"cwd"/gm)?.length ?? 0) : 0;
