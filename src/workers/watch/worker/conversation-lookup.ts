import type { RunnableAgent } from '../../../agents/contract/launch.ts';
import { workerProcesses } from '../../../lib/process/processes.ts';
import { monotonic } from '../../../lib/time/monotonic.ts';
import type { WorkerCommand } from '../../../machines/worker/commands.ts';
import type { SessionRow } from '../../../projections/sessions/queries.ts';
import { type AppContext, placeOfWorker } from '../../core/context.ts';
import { launchFolder } from '../../core/launch-folder.ts';

export interface LookupOf {
  app: AppContext;
  session: SessionRow;
  agent(): RunnableAgent;
  /** The word in the markers of the worker's result. */
  word(): string | null;
  record(command: WorkerCommand): void;
  onFault(error: unknown): void;
}

/** The first pause between two looks, and the longest: an agent that never names its conversation costs next to nothing. */
const FIRST_MS = 500;
const LONGEST_MS = 30_000;

/** Finds out which conversation of its agent a worker has, when its screen changes, until it is known. */
export class ConversationLookup {
  readonly #of: LookupOf;
  #isKnown: boolean;
  #pauseMs = FIRST_MS;
  #nextAt = 0;

  constructor(of: LookupOf) {
    this.#of = of;
    this.#isKnown = of.session.conversation_id !== null;
  }

  /** Looks if it is time, and returns in how many milliseconds to look again; null once there is nothing to look for. */
  consider(now = monotonic()): number | null {
    if (this.#isKnown || !this.#of.agent().conversations) return null;
    if (now >= this.#nextAt) {
      try {
        this.#look();
      } catch (error) {
        this.#of.onFault(error);
      }
      if (this.#isKnown) return null;
      this.#nextAt = now + this.#pauseMs;
      this.#pauseMs = Math.min(this.#pauseMs * 2, LONGEST_MS);
    }
    return this.#nextAt - now;
  }

  #look(): void {
    const { app, session, agent, word, record } = this.#of;
    const { pane_pid: pid, pane_started: started } = session;
    if (pid === null) return;
    const processes = workerProcesses({ sessionId: session.id, root: { pid, started: started ?? '' } });
    const found = agent().conversations?.find({
      worker: session.id,
      run: session.run,
      pids: processes.map((process) => process.pid),
      folder: session.worktree_path ?? session.repo_path,
      word: word(),
      since: new Date(session.run_at),
      until: null,
      place: placeOfWorker(app, session),
      launchFolder: launchFolder(app, session.id),
    });
    if (found?.kind !== 'one') return;
    this.#isKnown = true;
    record({ kind: 'identify_conversation', conversationId: found.id, source: found.source });
  }
}
