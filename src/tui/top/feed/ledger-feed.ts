import { statSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { loadAgent } from '../../../agents/registry.ts';
import { providerOfKey } from '../../../config/accounts.ts';
import { loadLastValidConfig } from '../../../config/file/load.ts';
import { configFile, type Env } from '../../../config/paths.ts';
import { isAgent } from '../../../config/provider-ids.ts';
import { changed } from '../../../events/store/follow.ts';
import { AgentPoolError, errorMessage } from '../../../lib/errors.ts';
import { monotonic } from '../../../lib/time/monotonic.ts';
import { readTokens } from '../../../usage/tokens/logs.ts';
import { NONE, plus, type Tokens } from '../../../usage/tokens/sums.ts';
import { reconcileIfNeeded } from '../../../workers/commands/reconcile.ts';
import { type AppContext, openApp, reloadConfig } from '../../../workers/core/context.ts';
import { AT_ONCE_MS, workerTokens } from '../../../workers/queries/tokens.ts';
import type { LedgerTrouble, Snapshot } from '../model/snapshot.ts';
import { OtherWorkers } from './other-workers.ts';
import { refreshUsage } from './refresh-usage.ts';
import { snapshotOf, watcherHealth } from './snapshot-of.ts';

/** At most so often the ledger is read while it changes, in milliseconds. */
const READ_EVERY_MS = 100;
/** How often the watcher, the file of the ledger and the logs of other machines are checked, in milliseconds. */
const HEALTH_EVERY_MS = 3000;
/** How often a ledger that cannot be read is tried again, in milliseconds. */
const RETRY_MS = 1000;
const MINUTE = 60_000;

export interface FeedEvents {
  read(snapshot: Snapshot): void;
  /** Another ledger was opened: everything that was kept of the former one is to be forgotten. */
  opened(app: AppContext): void;
  /** The ledger cannot be read: what was opened is closed. */
  lost(): void;
}

/**
 * Follows the ledger: a snapshot at once, then one whenever any process has appended, the minute has changed, or the
 * watcher has come or gone. A ledger that is lost is reported and tried again; it is never created.
 */
export class LedgerFeed {
  readonly #env: Env;
  readonly #events: FeedEvents;
  readonly #names = new Map<string, string>();
  readonly #end = new AbortController();
  readonly #others = new OtherWorkers();
  #tokens = new Map<string, number>();
  #tokensAt = Number.NEGATIVE_INFINITY;
  #app: AppContext | null = null;
  #file = '';
  #inode: bigint | null = null;
  #isAsking = false;
  #isConfigInvalid = false;
  #configSeen = '';
  #last: Snapshot | null = null;
  #minute: NodeJS.Timeout | undefined;
  #health: NodeJS.Timeout | undefined;

  constructor(env: Env, events: FeedEvents) {
    this.#env = env;
    this.#events = events;
  }

  /** Null while the ledger cannot be opened. */
  get app(): AppContext | null {
    return this.#app;
  }

  /** Opens the ledger, creates it if there is none yet, and starts to follow it. Throws what opening it throws. */
  async start(): Promise<void> {
    await this.#open();
    void this.#follow();
    this.#health = setInterval(() => this.#look(), HEALTH_EVERY_MS);
    this.#everyMinute();
  }

  close(): void {
    this.#end.abort();
    clearInterval(this.#health);
    clearTimeout(this.#minute);
    this.#app?.ledger.close();
    this.#app = null;
  }

  /** Reads again, whatever has changed. */
  read(): void {
    if (!this.#app) return;
    const now = new Date();
    const beside = {
      names: this.#names,
      tokens: this.#tokens,
      others: this.#others.workers,
      isConfigInvalid: this.#isConfigInvalid,
    };
    this.#tell(snapshotOf(this.#app, beside, now));
  }

  async #open(): Promise<void> {
    const app = await openApp(this.#env, 'cli', { load: loadLastValidConfig });
    this.#app = app;
    this.#file = app.paths.ledger;
    this.#inode = inodeOf(this.#file);
    this.#events.opened(app);
    await this.#readConfig(app);
    await reconcileIfNeeded(app);
    this.#others.look(app);
    this.read();
    await this.#nameAgents();
    void this.#countTokens();
  }

  async #follow(): Promise<void> {
    const { signal } = this.#end;
    while (!signal.aborted) {
      try {
        if (!this.#app) await this.#reopen();
        const { ledger } = this.#app ?? {};
        if (!ledger) throw this.#gone();
        const seen = ledger.store.changeCounter();
        this.read();
        await this.#nameAgents();
        await changed(ledger.store, seen, signal);
        await sleep(READ_EVERY_MS, undefined, { signal });
        void this.#countTokens();
      } catch (error) {
        if (signal.aborted) return;
        this.#fail(error);
        await sleep(RETRY_MS, undefined, { signal }).catch(() => {});
      }
    }
  }

  /** A ledger that was removed is not created again: its workers would be forgotten. */
  async #reopen(): Promise<void> {
    if (inodeOf(this.#file) === null) throw this.#gone();
    await this.#open();
  }

  #gone(): AgentPoolError {
    const file = this.#file;
    return new AgentPoolError('LEDGER_NOT_WRITABLE', `The ledger is gone: ${file}`, {
      file,
      example: 'agentpool doctor',
    });
  }

  /** The last snapshot stays, with what is wrong now. */
  #fail(error: unknown): void {
    this.#events.lost();
    this.#app?.ledger.close();
    this.#app = null;
    const trouble: LedgerTrouble = {
      message: errorMessage(error),
      example:
        error instanceof AgentPoolError ? (error.details.example ?? 'agentpool doctor') : 'agentpool doctor',
    };
    if (!this.#last || this.#last.trouble?.message === trouble.message) return;
    this.#tell({ ...this.#last, at: new Date(), trouble });
  }

  #tell(snapshot: Snapshot): void {
    if (this.#end.signal.aborted) return;
    this.#last = snapshot;
    this.#events.read(snapshot);
  }

  /** What no append reports. */
  #look(): void {
    const app = this.#app;
    if (!app) return;
    try {
      if (inodeOf(app.paths.ledger) !== this.#inode) this.#fail(this.#gone());
      else if (stampOf(configFile(app.home, app.env)) !== this.#configSeen) void this.#readConfig(app);
      else if (this.#others.look(app) || watcherHealth(app) !== this.#last?.watcher) this.read();
    } catch (error) {
      this.#fail(error);
    }
  }

  /** A file with errors leaves the last valid one in force, and the first line says so. */
  async #readConfig(app: AppContext): Promise<void> {
    this.#configSeen = stampOf(configFile(app.home, app.env));
    this.#isConfigInvalid = (await reloadConfig(app).catch(() => null)) !== null;
    if (this.#app === app && this.#last && this.#last.isConfigInvalid !== this.#isConfigInvalid) this.read();
  }

  /** Ages change at the full minute. */
  #everyMinute(): void {
    this.#minute = setTimeout(
      () => {
        this.#everyMinute();
        try {
          if (this.#app) {
            void this.#askAgain(this.#app);
            this.read();
          } else if (this.#last) this.#tell({ ...this.#last, at: new Date() });
        } catch (error) {
          this.#fail(error);
        }
      },
      MINUTE - (Date.now() % MINUTE) + 5,
    );
  }

  /** Where the policy has the limits asked for by themselves: those that are older than it allows. */
  async #askAgain(app: AppContext): Promise<void> {
    if (app.config.policy.usage_auto_refresh_after_seconds === null || this.#isAsking) return;
    this.#isAsking = true;
    try {
      await refreshUsage(app, { refresh: false });
    } catch {
      // The figures stay as they are, with their age.
    } finally {
      this.#isAsking = false;
    }
  }

  /** The name of an agent is in its code, which is loaded once. */
  async #nameAgents(): Promise<void> {
    const ids = (this.#last?.subscriptions ?? []).map(({ key }) => providerOfKey(key));
    const missing = [...new Set(ids)].filter(isAgent).filter((id) => !this.#names.has(id));
    if (missing.length === 0) return;
    for (const id of missing) {
      const { descriptor } = await loadAgent(id);
      this.#names.set(id, descriptor.display_name.replace(/ (?:CLI|Coding Plan)$/, ''));
    }
    this.read();
  }

  /** The logs of the agents are read for a moment, at most once a minute, and only after something has happened. */
  async #countTokens(): Promise<void> {
    const app = this.#app;
    if (!app || monotonic() - this.#tokensAt < MINUTE) return;
    this.#tokensAt = monotonic();
    const now = Date.now();
    try {
      const used = await readTokens(
        app,
        AT_ONCE_MS,
        {},
        (opened) => workerTokens(app.ledger, opened, 0, now),
        () => [],
      );
      const tokens = used.map(
        ({ worker, sessions }) => [worker.id, totalOf(sessions.reduce(plus, NONE))] as const,
      );
      const next = new Map(tokens);
      const isSame =
        next.size === this.#tokens.size && tokens.every(([id, count]) => this.#tokens.get(id) === count);
      this.#tokens = next;
      if (!isSame && this.#app === app) this.read();
    } catch {
      // Figures beside the point: the list is complete without them.
    }
  }
}

const totalOf = ({ input, cache_read, cache_write, output }: Tokens): number =>
  input + cache_read + cache_write + output;

function stampOf(file: string): string {
  const found = statSync(file, { throwIfNoEntry: false });
  return found ? `${found.ino} ${found.size} ${found.mtimeMs}` : '';
}

function inodeOf(file: string): bigint | null {
  return statSync(file, { bigint: true, throwIfNoEntry: false })?.ino ?? null;
}
