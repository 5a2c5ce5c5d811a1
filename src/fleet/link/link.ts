import { setTimeout as sleep } from 'node:timers/promises';
import { errorKind } from '../../lib/error-codes/index.ts';
import { AgentPoolError, errorMessage } from '../../lib/errors.ts';
import { makeFolders } from '../../lib/files/private-files.ts';
import { LeaseKeeper } from '../leases/keeper.ts';
import { Replicas } from '../replicas/replicas.ts';
import { addressOf } from '../server/address.ts';
import { Database } from '../server/connection.ts';
import { passwordFor } from '../server/password.ts';
import { type FleetState, type LinkState, writeState } from '../state-file.ts';
import { Exchange } from './exchange.ts';
import type { LinkOptions } from './options.ts';

/** How long to wait before the database is tried again, in milliseconds: at first, and at most. */
const RETRY_MS = { first: 100, most: 1000 };
/** The same where a person has to do something first. */
const STOPPED_MS = 10_000;
/** How long the database may take to accept this link, and to answer. Shorter than for a command: it tries again. */
const LIMITS = { connectMs: 2000, answerMs: 3000 };
/** How often what is known of the other machines is written down, if nothing else has changed. */
const NOTE_MS = 10_000;

/**
 * Keeps this machine's log in the database of its fleet, and the logs of the others here, until it is ended. Whatever
 * fails is tried again: both logs say how far it has come.
 */
export class Link {
  readonly #options: LinkOptions;
  readonly #replicas: Replicas;
  readonly #leases: LeaseKeeper;
  #state: FleetState;
  #notedAt = Number.NEGATIVE_INFINITY;

  constructor(options: LinkOptions) {
    this.#options = options;
    this.#replicas = new Replicas(options.folder);
    const { store, member, place } = options;
    this.#leases = new LeaseKeeper({
      ...options,
      rows: store,
      asker: { machineId: member.machineId, place },
      report: (reports) => options.onLeases?.(reports),
    });
    const since = options.now().toISOString();
    this.#state = {
      asked_at: since,
      machines: [],
      link: { state: 'waiting', since, listens: false, error: null },
    };
  }

  async run(signal: AbortSignal): Promise<void> {
    let retryMs = RETRY_MS.first;
    makeFolders(this.#options.folder);
    try {
      while (!signal.aborted) {
        const error = await this.#exchange(signal, () => {
          retryMs = RETRY_MS.first;
        });
        if (signal.aborted) return;
        const isStopped = error instanceof AgentPoolError && errorKind(error.code) !== 'conflict';
        this.#enter(isStopped ? 'stopped' : 'waiting', error);
        await sleep(isStopped ? STOPPED_MS : retryMs, undefined, { signal }).catch(() => {});
        retryMs = Math.min(2 * retryMs, RETRY_MS.most);
      }
    } finally {
      this.#replicas.close();
    }
  }

  /** Runs until the connection is lost or the signal fires; returns what has ended it. */
  async #exchange(signal: AbortSignal, onConnected: () => void): Promise<unknown> {
    const { member, env } = this.#options;
    let database: Database | null = null;
    try {
      const address = addressOf(member.address, env);
      const password = await passwordFor(address, env);
      const connect = () => Database.connect(address, password, LIMITS);
      database = await connect();
      const exchange = new Exchange(
        database,
        { replicas: this.#replicas, leases: this.#leases },
        this.#options,
      );
      await exchange.begin(connect);
      onConnected();
      this.#enter('connected', null, exchange.listens);
      while (!signal.aborted) {
        const seen = await exchange.round();
        if (seen) this.#note(seen);
        await exchange.rest(signal);
      }
      return null;
    } catch (error) {
      return error;
    } finally {
      await database?.close();
    }
  }

  #enter(state: LinkState['state'], error: unknown, listens = false): void {
    const code = error instanceof AgentPoolError ? error.code : 'INTERNAL';
    const link: LinkState = {
      state,
      since: this.#options.now().toISOString(),
      listens,
      error: error === null ? null : { code, message: errorMessage(error) },
    };
    const before = this.#state.link;
    if (before.state === state && before.error?.message === link.error?.message) return;
    this.#state = { ...this.#state, link };
    this.#write();
    this.#options.onState?.(link);
  }

  #note({ asked_at, machines }: Pick<FleetState, 'asked_at' | 'machines'>): void {
    const ends = (known: FleetState['machines']) =>
      JSON.stringify(known.map(({ seen_ms_ago: _, ...machine }) => machine));
    const isOld = this.#options.monotonic() - this.#notedAt >= NOTE_MS;
    if (!isOld && ends(machines) === ends(this.#state.machines)) return;
    this.#state = { ...this.#state, asked_at, machines };
    this.#write();
  }

  #write(): void {
    this.#notedAt = this.#options.monotonic();
    try {
      writeState(this.#options.folder, this.#state);
    } catch {
      // Only shown: on a full disk the link goes on without it.
    }
  }
}
