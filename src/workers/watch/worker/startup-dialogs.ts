import { setTimeout as sleep } from 'node:timers/promises';
import type { RunnableAgent } from '../../../agents/contract/launch.ts';
import { AgentPoolError } from '../../../lib/errors.ts';
import type { SessionRow } from '../../../projections/sessions/queries.ts';
import type { Classification } from '../../../terminal/detection/classify.ts';
import { answerDialog } from '../../commands/answering/answer.ts';
import { startupAnswer, startupOptions } from '../../commands/spawning/startup-answers.ts';
import type { WatchContext } from '../../core/record.ts';
import { isUnwritten, RETRY_MS } from '../files/unwritten-files.ts';

export interface DialogsOf {
  app: WatchContext;
  session: SessionRow;
  agent(): RunnableAgent;
  /** What the worker's screen shows now; null once it is not watched any more. */
  look(): Classification | null;
  onFault(error: unknown): void;
}

/** Answers the startup dialogs of a worker as the user's config says. */
export class StartupDialogs {
  readonly #of: DialogsOf;
  #answering: { name: string; done: Promise<boolean> } | null = null;

  constructor(of: DialogsOf) {
    this.#of = of;
  }

  /** False if the config says nothing about the dialog, or the answer failed. */
  async answer(dialog: Classification): Promise<boolean> {
    const { app, agent } = this.#of;
    const choice = startupAnswer(startupOptions(app.config, agent().id), dialog);
    if (!choice || dialog.startup === undefined) return false;
    // A dialog that is drawn again while it is answered is no second one.
    if (this.#answering?.name !== dialog.startup)
      this.#answering = { name: dialog.startup, done: this.#take(dialog.startup, choice.label) };
    const { done } = this.#answering;
    const isAnswered = await done;
    if (this.#answering?.done === done) this.#answering = null;
    return isAnswered;
  }

  async #take(startup: string, choice: string): Promise<boolean> {
    const { app, session, onFault } = this.#of;
    try {
      await answerDialog(app, session, { choice, text: null, startup });
      return true;
    } catch (error) {
      // It was shown a moment ago: what came in its place is observed by itself.
      if (error instanceof AgentPoolError && error.code === 'NO_DIALOG' && session.alive === 1) return true;
      onFault(error);
      if (isUnwritten(error)) this.#answerLater().catch(onFault);
      return false;
    }
  }

  /** A dialog that could not be answered because the answer could not be recorded is answered once it can. */
  async #answerLater(): Promise<void> {
    await sleep(RETRY_MS);
    await this.#of.app.backlog.empty();
    const dialog = this.#of.look();
    if (dialog) await this.answer(dialog);
  }
}
