import { type Stats, statSync } from 'node:fs';
import { AgentPoolError } from '../../../lib/errors.ts';
import { kill } from '../../../lib/process/kill.ts';
import { isAlive, ownIdentity, type ProcessIdentity } from '../../../lib/process/processes.ts';
import { type Watcher, type WatcherCommand, watcherDecider } from '../../../machines/watcher/decide.ts';
import { StreamState } from '../../../projections/projector/stream-state.ts';
import type { AppContext } from '../../core/context.ts';
import { Heartbeat, hangs } from '../../core/watcher/heartbeat.ts';
import { runningWatcher } from '../../core/watcher/liveness.ts';
import { hasStarted } from '../../core/watcher/watcher-process.ts';

const STREAM = 'watcher';

/**
 * The fenced lease that keeps the watcher of a home single. It is taken from a process that has died or that hangs; one
 * that wakes, or whose ledger is not there any more, may not write.
 */
export class WatcherLease {
  readonly #app: AppContext;
  readonly #state: StreamState<Watcher, WatcherCommand>;
  readonly #file: Stats | undefined;
  readonly #onLost: (why: string) => void;
  #fence = 0;
  #heartbeat: Heartbeat | null = null;
  #lost: string | null = null;

  /** `onLost` is called once. */
  constructor(app: AppContext, onLost: (why: string) => void) {
    this.#app = app;
    this.#state = new StreamState(app.ledger, watcherDecider, STREAM);
    this.#file = fileOf(app);
    this.#onLost = onLost;
  }

  /** Takes the lease and says how; null if another watcher has it. A watcher that seems to hang is looked at first. */
  async claim(): Promise<string | null> {
    const self = ownIdentity();
    const running = runningWatcher(this.#app.ledger);
    const hanging = running && (await hangs(this.#app.paths, running)) ? running : null;
    try {
      this.#take(self, hanging);
    } catch (error) {
      if (!(error instanceof AgentPoolError)) throw error;
      if (error.code === 'WATCHER_RUNS') return null;
      if (error.code !== 'LEDGER_BUSY' || !hanging || !isAlive(hanging)) throw error;
      // It was suspended while it held the ledger's lock: no process can write until it ends.
      kill(hanging.pid);
      this.#take(self, hanging);
    }
    hasStarted(this.#app);
    const instead = hanging ? `, instead of process ${hanging.pid}, which hangs` : '';
    return `process ${self.pid}, fence ${this.#fence}${instead}`;
  }

  #take(self: ProcessIdentity, hanging: ProcessIdentity | null): void {
    const { ledger, given, actor, paths } = this.#app;
    ledger.store.transaction(() => {
      const { holder } = ledger.fold(watcherDecider, STREAM);
      const isHanging = hanging?.pid === holder?.pid && hanging?.started === holder?.started;
      const holderIsAlive = holder !== null && !isHanging && isAlive(holder);
      const claim = { kind: 'claim', ...self, holderIsAlive } as const;
      this.#fence = ledger.execute(watcherDecider, STREAM, claim, given(), { actor }).state.fence;
      // Within the transaction: a watcher that the ledger names has given a sign of life.
      this.#heartbeat = new Heartbeat(paths, self);
      this.#heartbeat.beat(0);
    });
  }

  /** Gives a sign of life. `waiting`: how many appends wait for a ledger that cannot be written. */
  beat(waiting: number): void {
    this.#heartbeat?.beat(waiting);
  }

  /** Whether this process may still write: it has the lease, and the ledger is where it was opened. */
  mayWrite(): boolean {
    if (this.#lost !== null) return false;
    const file = fileOf(this.#app);
    if (file?.ino !== this.#file?.ino || file?.dev !== this.#file?.dev)
      this.#lost = 'its ledger was removed or replaced';
    else if (this.#state.catchUp().fence !== this.#fence) this.#lost = 'another watcher has taken over';
    else return true;
    this.#onLost(this.#lost);
    return false;
  }

  /**
   * Called in the transaction of every append: a process that was suspended for long and wakes must not write beside the
   * one that took over. No rejection, which could be ignored: what is not recorded must not happen either.
   * @throws WATCHER_SUPERSEDED
   */
  assertMayWrite(): void {
    if (this.mayWrite()) return;
    throw new AgentPoolError('WATCHER_SUPERSEDED', `This watcher may not write: ${this.#lost}.`);
  }

  release(reason: string): void {
    const { ledger, given, actor } = this.#app;
    ledger.execute(watcherDecider, STREAM, { kind: 'stop', fence: this.#fence, reason }, given(), { actor });
  }

  close(): void {
    this.#heartbeat?.close();
  }
}

/** The file that the ledger's path names now. */
const fileOf = ({ ledger }: AppContext): Stats | undefined =>
  statSync(ledger.store.file, { throwIfNoEntry: false });
