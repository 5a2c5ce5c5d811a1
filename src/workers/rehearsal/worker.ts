import { existsSync, readFileSync } from 'node:fs';
import { errorMessage } from '../../lib/errors.ts';
import { monotonic } from '../../lib/time/monotonic.ts';
import type { SessionRow } from '../../projections/sessions/queries.ts';
import { pollUntil } from '../../terminal/input/poll-until.ts';
import { artifactPaths } from '../../workspace/artifacts.ts';
import { answerDialog } from '../commands/answering/answer.ts';
import { terminateWorker } from '../commands/ending/terminate.ts';
import { interruptWorker } from '../commands/interrupt.ts';
import { sendMessage } from '../commands/sending/send.ts';
import { nothingMore } from '../commands/spawning/options.ts';
import { spawnWorker } from '../commands/spawning/spawn.ts';
import type { AppContext } from '../core/context.ts';
import { sessionNamed } from '../core/sessions/named-session.ts';
import { type Dialog, dialogOf } from '../sight/dialogs/dialog.ts';
import { captureOf, ifReadable, type ScreenReading, screenReader } from '../sight/look.ts';
import { MovingScreen } from '../sight/motion/moving-screen.ts';
import { watchHere } from '../watch/in-process/watch-in-process.ts';

/** How long the last screen of a worker that has ended may take to be written, in milliseconds. */
const KEPT_MS = 3000;

/** The agent of a rehearsal as a worker, through the commands that users have. */
export class RehearsedWorker {
  readonly #app: AppContext;
  readonly #id: string;
  readonly #look: () => Promise<ScreenReading>;
  readonly #screen = new MovingScreen();
  readonly #watch: { close(): Promise<void> } | null;

  private constructor(app: AppContext, id: string, watch: { close(): Promise<void> } | null) {
    this.#app = app;
    this.#id = id;
    this.#look = screenReader(app, sessionNamed(app, id));
    this.#watch = watch;
  }

  static async start(app: AppContext, place: { provider: string; repo: string }, task: string) {
    const id = await spawnWorker(app, {
      ...nothingMore(),
      ...place,
      task,
      role: 'implementer',
      isolation: 'shared',
      model: null,
      account: null,
    });
    try {
      return new RehearsedWorker(app, id, await watchHere(app, sessionNamed(app, id)));
    } catch (error) {
      await terminateWorker(app, sessionNamed(app, id));
      throw error;
    }
  }

  get session(): SessionRow {
    return sessionNamed(this.#app, this.#id);
  }

  /** Null once its terminal is gone. */
  async read(): Promise<ScreenReading | null> {
    const reading = await this.#look().catch(ifReadable);
    return reading && this.#screen.see(reading, monotonic());
  }

  /** The screen as drawn, with its title; null once its terminal is gone. */
  capture = () => captureOf(this.#app, this.session).catch(() => null);

  /** The last rows of one whose terminal is gone, as they were kept; none if it has drawn nothing. */
  async lastRows(): Promise<string[]> {
    const { screen } = artifactPaths(this.#app.paths.artifacts, this.#id);
    // They are written after the end of its terminal.
    const written = async () => existsSync(screen);
    const { done } = await pollUntil(KEPT_MS, written, Boolean);
    return done ? readFileSync(screen, 'utf8').split('\n') : [];
  }

  /** Why the message may not have arrived; null if it was typed. */
  send = (text: string): Promise<string | null> =>
    failing(async () => (await sendMessage(this.#app, this.session, text)).reason);

  interrupt = (): Promise<string | null> =>
    failing(async () => (await interruptWorker(this.#app, this.session)).reason);

  /** The dialog that waits for an answer; null for none, such as a question in prose. */
  dialog = async (): Promise<Dialog | null> => {
    const reading = await this.read();
    return reading && dialogOf(reading.classification);
  };

  /** Takes the first choice of the dialog; a question in prose gets a message. */
  answer = (): Promise<string | null> =>
    failing(async () => {
      const first = (await this.dialog())?.choices[0];
      if (!first) return (await sendMessage(this.#app, this.session, 'the first one')).reason;
      const choice = String(first.number);
      const { delivery } = await answerDialog(this.#app, this.session, { choice, text: null });
      return delivery === 'delivered' ? null : 'the dialog did not close';
    });

  async end(): Promise<void> {
    try {
      await terminateWorker(this.#app, this.session);
    } finally {
      // After it: what the watch still types ends with the terminal.
      await this.#watch?.close();
    }
  }
}

/** A command that is refused says why: the rehearsal goes on. */
async function failing(act: () => Promise<string | null>): Promise<string | null> {
  try {
    return await act();
  } catch (error) {
    return errorMessage(error);
  }
}
