import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { writePrivateFileSync } from '../../../lib/files/atomic-file.ts';
import { bytes } from '../../../lib/text/bytes.ts';
import { counted, firstNames } from '../../../lib/text/counted.ts';
import { monotonic } from '../../../lib/time/monotonic.ts';
import { isFinal } from '../../../machines/worker/state.ts';
import type { SessionRow } from '../../../projections/sessions/queries.ts';
import { redactedMessage } from '../../../workspace/redaction/redacted-message.ts';
import { collectGarbage } from '../../commands/gc/gc.ts';
import { retentionOf } from '../../commands/gc/limits.ts';
import type { RetentionLimits } from '../../commands/gc/plan.ts';
import type { GcReport } from '../../commands/gc/schema.ts';
import type { WatchContext } from '../../core/record.ts';
import type { WatcherCallbacks } from './watcher-callbacks.ts';

/** How often what has ended is looked through, in milliseconds. */
const INTERVAL_MS = 24 * 3_600_000;
/** How long after its start a watcher with workers begins, in milliseconds: the first seconds are for their screens. */
const PAUSE_MS = 30_000;
/** How soon to look again whether the workers are at rest, in milliseconds. */
const AGAIN_MS = 60_000;

/** A worker in one of these states has nothing on its screen that must be seen at once. */
const AT_REST: ReadonlySet<string> = new Set([
  'IDLE',
  'PARKED',
  'AWAITING_USER_INPUT',
  'AWAITING_APPROVAL',
  'UNKNOWN',
]);

export interface WatcherLoad {
  live: readonly Pick<SessionRow, 'state'>[];
  /** Whether something is being started or ended, or waits for the ledger. */
  isBusy: boolean;
}

/** Applies the retention of config.yaml once a day, in the watcher, while no worker is at work. */
export class Retention {
  readonly #app: WatchContext;
  readonly #on: WatcherCallbacks;
  readonly #begunAt = monotonic();
  readonly #closing = new AbortController();
  #running: Promise<void> | null = null;

  constructor(app: WatchContext, on: WatcherCallbacks) {
    this.#app = app;
    this.#on = on;
  }

  /** Whether it is under way: then the watcher stays. */
  get isRunning(): boolean {
    return this.#running !== null;
  }

  /** Begins if it is time; returns in how many milliseconds to look again. Without workers there is no pause. */
  step({ live, isBusy }: WatcherLoad): number {
    const limits = retentionOf(this.#app.config);
    if (limits === null || this.#running || this.#closing.signal.aborted) return Number.POSITIVE_INFINITY;
    const rest = this.#restOfInterval(limits);
    if (rest > 0) return rest;
    const pause = live.length === 0 ? 0 : this.#begunAt + PAUSE_MS - monotonic();
    if (pause > 0) return pause;
    if (isBusy || !live.every(({ state }) => AT_REST.has(state) || isFinal(state))) return AGAIN_MS;
    this.#running = collectGarbage(this.#app, { limits, dryRun: false, signal: this.#closing.signal })
      .then((report) => this.#on.log(`retention: ${summary(report)}`))
      .catch((error) => this.#on.fault('retention', error))
      .finally(() => {
        this.#running = null;
        this.#note(limits);
        this.#on.wake();
      });
    return Number.POSITIVE_INFINITY;
  }

  /** Ends it: what is being removed is finished. */
  async close(): Promise<void> {
    this.#closing.abort();
    await this.#running;
  }

  /** A stamp in the future is that of a clock that was set back, and another retention is applied at once. */
  #restOfInterval(limits: RetentionLimits): number {
    const now = this.#app.given().now.getTime();
    try {
      const [at, of] = readFileSync(stampFile(this.#app), 'utf8').split(' ');
      const last = Number(at);
      return last <= now && of === JSON.stringify(limits) ? last + INTERVAL_MS - now : 0;
    } catch {
      return 0;
    }
  }

  /** Also after a fault: it would be the same a moment later. A watcher that is ended early leaves the rest to the next. */
  #note(limits: RetentionLimits): void {
    if (this.#closing.signal.aborted) return;
    const stamp = `${this.#app.given().now.getTime()} ${JSON.stringify(limits)}`;
    try {
      writePrivateFileSync(stampFile(this.#app), stamp, { link: 'replace' });
    } catch (error) {
      this.#on.log(`retention: ${redactedMessage(error)}`);
    }
  }
}

const stampFile = ({ paths }: WatchContext): string => join(paths.run, 'retention');

function summary({ removed, kept, bytes: freed }: GcReport): string {
  const what =
    removed.length === 0
      ? 'nothing to remove'
      : `removed ${counted(removed.length, 'item')} (${bytes(freed)})`;
  const each = removed.map(({ session_id, what: kind }) => `${session_id} ${kind}`);
  const stays =
    kept.length === 0 ? '' : `; kept ${counted(kept.length, 'item')}, see: agentpool gc --dry-run`;
  return `${what}${each.length > 0 ? `: ${firstNames(each, 10)}` : ''}${stays}`;
}
