import { errorMessage } from '../../../lib/errors.ts';
import { monotonic } from '../../../lib/time/monotonic.ts';
import { wordsOf } from '../../../workers/commands/results/worker-words.ts';
import type { AppContext } from '../../../workers/core/context.ts';
import { inItsLog } from '../../../workers/queries/fleet/in-its-log.ts';
import { followScreen } from '../../../workers/queries/live-screen.ts';
import type { ListedWorker, WorkerDetail } from '../model/snapshot.ts';
import { emptyDetail } from '../model/snapshot.ts';
import { diffNow, lastWords, timelineNow } from './detail-of.ts';

/** What of a worker is looked at. */
export interface WantedDetail {
  worker: ListedWorker;
  diff: boolean;
  timeline: boolean;
}

/** A selection that only passes by is not read, in milliseconds. */
const SETTLE_MS = 120;
/** A comparison of files takes a while: at most so often, in milliseconds. */
const DIFF_EVERY_MS = 5000;

/**
 * What is known of the selected worker: its screen as it changes, and what it asks, has changed and has been through, read
 * again whenever its row changes.
 */
export class DetailFeed {
  readonly #tell: (detail: WorkerDetail) => void;
  #app: AppContext | null = null;
  #wanted: WantedDetail | null = null;
  #detail: WorkerDetail | null = null;
  #end = new AbortController();
  #settling: NodeJS.Timeout | undefined;
  #diffAt = Number.NEGATIVE_INFINITY;
  #isComparing = false;
  #screenOfRun: string | null = null;

  constructor(tell: (detail: WorkerDetail) => void) {
    this.#tell = tell;
  }

  /** Another ledger: nothing that was read is true any more. */
  opened(app: AppContext): void {
    this.#app = app;
    this.#forget();
  }

  show(wanted: WantedDetail | null): void {
    const before = this.#wanted;
    this.#wanted = wanted;
    if (!wanted) {
      this.#forget();
      return;
    }
    const { session } = wanted.worker;
    if (before?.worker.session.id !== session.id || !this.#detail) {
      this.#forget();
      this.#detail = emptyDetail(session.id);
      // Its row may have changed by then: an old one says that it has no terminal yet.
      this.#settling = setTimeout(() => this.#wanted && void this.#read(this.#wanted, true), SETTLE_MS);
      return;
    }
    const isNews =
      before.worker.session.version !== session.version || before.worker.session.state !== session.state;
    const isMore = (wanted.diff && !before.diff) || (wanted.timeline && !before.timeline);
    if (isNews || isMore) void this.#read(wanted, isNews);
  }

  /** The ledger is closed: nothing more is read until another one is opened. */
  close(): void {
    this.#app = null;
    this.#forget();
  }

  #forget(): void {
    clearTimeout(this.#settling);
    this.#end.abort();
    this.#end = new AbortController();
    this.#detail = null;
    this.#screenOfRun = null;
    this.#diffAt = Number.NEGATIVE_INFINITY;
  }

  #change(id: string, part: Partial<WorkerDetail>): void {
    if (this.#detail?.id !== id) return;
    this.#detail = { ...this.#detail, ...part };
    this.#tell(this.#detail);
  }

  async #read({ worker, diff, timeline }: WantedDetail, isNews: boolean): Promise<void> {
    const app = this.#app;
    const { session } = worker;
    const { id } = session;
    if (!app || this.#detail?.id !== id) return;
    try {
      if (worker.machine !== null) {
        await this.#readElsewhere(app, worker, timeline);
        return;
      }
      if (timeline) this.#change(id, { timeline: timelineNow(app, session) });
      this.#followScreen(app, worker);
      if (isNews) {
        const words = await wordsOf(app, session).catch(() => null);
        this.#change(id, { words });
      }
    } catch (error) {
      this.#change(id, { timeline: { kind: 'failed', why: errorMessage(error) } });
    }
    if (diff) await this.#compare(app, worker);
  }

  /** The log of another machine is here; its terminals and files are not. */
  async #readElsewhere(
    app: AppContext,
    { session, machine }: ListedWorker,
    timeline: boolean,
  ): Promise<void> {
    const why = `It is on ${machine}: only its history is here.`;
    this.#change(session.id, { screen: { kind: 'failed', why }, diff: { kind: 'failed', why }, words: null });
    if (!timeline) return;
    const read = await inItsLog(app, session.id, ({ app: there }) => timelineNow(there, session));
    this.#change(session.id, { timeline: read });
  }

  async #compare(app: AppContext, { session }: ListedWorker): Promise<void> {
    if (this.#isComparing || monotonic() - this.#diffAt < DIFF_EVERY_MS || session.pane_pid === null) {
      if (session.pane_pid === null)
        this.#change(session.id, { diff: { kind: 'failed', why: 'It has not started.' } });
      return;
    }
    this.#isComparing = true;
    const changed = await diffNow(app, session);
    this.#isComparing = false;
    this.#diffAt = monotonic();
    this.#change(session.id, { diff: changed });
  }

  /** Once, as soon as it has a terminal. */
  #followScreen(app: AppContext, { session }: ListedWorker): void {
    const run = `${session.id} ${session.pane_pid !== null}`;
    if (this.#screenOfRun === run) return;
    this.#screenOfRun = run;
    if (session.pane_pid === null) {
      this.#change(session.id, { screen: { kind: 'failed', why: 'It has no screen yet.' } });
      return;
    }
    followScreen(
      app,
      session,
      (picture) => {
        if (this.#screenOfRun !== run) return;
        const screen = picture ? ({ kind: 'loaded', value: picture } as const) : lastWords(app, session);
        this.#change(session.id, { screen });
      },
      this.#end.signal,
    );
  }
}
