import type { RunnableAgent } from '../../../agents/contract/launch.ts';
import type { SessionRow } from '../../../projections/sessions/queries.ts';
import type { TerminalSignal } from '../../../terminal/screen/terminal-signals.ts';
import { type AppContext, placeOfWorker } from '../../core/context.ts';
import { launchFolder } from '../../core/launch-folder.ts';
import { SignalListener } from '../../sight/signals/listen.ts';
import type { Signal } from '../../sight/signals/spool.ts';

interface SignalsOf {
  app: AppContext;
  session: SessionRow;
  agent(): RunnableAgent;
}

/** What a worker's agent signals of itself: by its hooks, through its terminal, or in a way that only it has. */
export class WorkerSignals {
  readonly #of: SignalsOf;
  readonly #listener: SignalListener;
  #followed: { close(): void } | null = null;

  constructor(of: SignalsOf, onSignal: (signal: Signal) => void) {
    const { app, session } = of;
    this.#of = of;
    this.#listener = new SignalListener(launchFolder(app, session.id), {
      onSignal,
      isOff: () => (app.config.signals as Record<string, boolean | undefined>)[session.provider_id] === false,
    });
  }

  start(): void {
    if (this.#listener.start()) this.#followed = this.#follow();
  }

  /** The terminal's bell. */
  hearBell(): void {
    this.#listener.hear('attention');
  }

  /** A signal of the terminal that says more than a bell. Returns whether a shell has its terminal again. */
  hearTerminal(signal: TerminalSignal): boolean {
    return this.#listener.hearTerminal(signal);
  }

  close(): void {
    this.#listener.close();
    this.#followed?.close();
  }

  /** Follows signals that the agent gives in another way than by hooks; null if it gives none. */
  #follow(): { close(): void } | null {
    const { app, session, agent } = this.#of;
    const { id, pane_pid: pid } = session;
    if (pid === null) return null;
    const at = { folder: launchFolder(app, id), pid, place: placeOfWorker(app, session) };
    return agent().follow?.(at, (kind) => this.#listener.give(kind, Date.now())) ?? null;
  }
}
