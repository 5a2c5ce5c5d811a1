import type { RunnableAgent } from '../../../agents/contract/launch.ts';
import type { SessionRow } from '../../../projections/sessions/queries.ts';
import { settleEarlier } from '../../commands/sending/earlier-message.ts';
import type { AppContext } from '../../core/context.ts';
import { aloneIfFree } from '../../core/worker-lock.ts';

/** How often to check whether a message without an outcome still has a sender, in milliseconds. */
const SETTLE_MS = 3000;

export interface MessagesOf {
  app: AppContext;
  session: SessionRow;
  agent(): RunnableAgent;
  /** Whether a message has no outcome yet. */
  isOpen(): boolean;
  onFault(error: unknown): void;
}

/** Gives a message whose sender was killed its outcome, also if nothing is sent after it. */
export class EarlierMessages {
  readonly #of: MessagesOf;
  #timer: NodeJS.Timeout | null = null;

  constructor(of: MessagesOf) {
    this.#of = of;
  }

  /** Checks after a while: a sender that is alive gives the outcome itself. */
  settleLater(): void {
    this.close();
    this.#timer = setTimeout(() => {
      this.#timer = null;
      this.#settle().catch(this.#of.onFault);
    }, SETTLE_MS);
  }

  close(): void {
    if (this.#timer) clearTimeout(this.#timer);
    this.#timer = null;
  }

  async #settle(): Promise<void> {
    const { app, session, agent, isOpen } = this.#of;
    if (!isOpen()) return;
    await aloneIfFree(app, session.id, async () => {
      if (isOpen()) await settleEarlier(app, session, agent());
    });
    // Its sender still types, or a dialog hid the box.
    if (isOpen()) this.settleLater();
  }
}
