import { type SessionRow, sessionById } from '../../projections/sessions/queries.ts';
import { RecordingFollower } from '../../terminal/recording/follow.ts';
import type { Picture } from '../../terminal/recording/format.ts';
import { frameBetween, isSameSize } from '../../terminal/recording/frames.ts';
import { lastPicture } from '../../terminal/recording/reader.ts';
import type { AppContext } from '../core/context.ts';
import { recordingFolder } from '../core/sessions/session-files.ts';
import { isWatched } from '../core/watcher/liveness.ts';
import { screenOf } from '../sight/look.ts';
import { RedactedPictures } from '../sight/redacted-picture.ts';

/** How often a screen is read from the terminal that no watcher records, in milliseconds. */
const PANE_MS = 500;
/** How often to check whether the watcher still records, in milliseconds. */
const CHECK_MS = 2000;

/**
 * Shows a worker's screen as it changes, without secrets: at once, and then whenever it shows something else. It follows
 * the recording, so that it costs nothing while nothing changes; where none is written (`recording: off`, no watcher),
 * it reads the terminal. Of a worker that has ended it shows the last screen. `onScreen` gets null where there is
 * nothing to show. Returns what ends it; so does the signal.
 */
export function followScreen(
  app: AppContext,
  session: Pick<SessionRow, 'id'>,
  onScreen: (picture: Picture | null) => void,
  signal?: AbortSignal,
): () => void {
  const screen = new LiveScreen(app, session.id, onScreen);
  const end = () => screen.close();
  signal?.addEventListener('abort', end, { once: true });
  if (signal?.aborted) end();
  else screen.start();
  return end;
}

class LiveScreen {
  readonly #app: AppContext;
  readonly #id: string;
  readonly #onScreen: (picture: Picture | null) => void;
  readonly #pictures = new RedactedPictures();
  #follower: RecordingFollower | null = null;
  /** Undefined before anything was shown. */
  #shown: Picture | null | undefined;
  #recorded: Picture | null = null;
  /** The run whose last screen was shown. */
  #endShown: number | null = null;
  #timer: NodeJS.Timeout | undefined;
  #isLooking = false;
  #isClosed = false;

  constructor(app: AppContext, id: string, onScreen: (picture: Picture | null) => void) {
    this.#app = app;
    this.#id = id;
    this.#onScreen = onScreen;
  }

  start(): void {
    const session = this.#session();
    if (!session) {
      this.#show(null);
      return;
    }
    const folder = recordingFolder(this.#app.paths.artifacts, session);
    this.#follower = new RecordingFollower(folder, (picture) => this.#onRecorded(picture));
    this.#follower.start();
  }

  close(): void {
    this.#isClosed = true;
    clearTimeout(this.#timer);
    this.#follower?.close();
  }

  #onRecorded(picture: Picture | null): void {
    this.#recorded = picture;
    if (picture) this.#show(picture);
    // No piece is open: the terminal is read, now and until one is.
    this.#next(picture ? CHECK_MS : 0);
  }

  #next(inMs: number): void {
    clearTimeout(this.#timer);
    if (!this.#isClosed) this.#timer = setTimeout(() => void this.#look(), inMs);
  }

  async #look(): Promise<void> {
    if (this.#isLooking) return;
    this.#isLooking = true;
    const next = await this.#lookOnce().catch(() => CHECK_MS);
    this.#isLooking = false;
    this.#next(next);
  }

  /** Reads what the recording does not have; returns when to look again. */
  async #lookOnce(): Promise<number> {
    const session = this.#session();
    if (!session) return CHECK_MS;
    if (session.alive && session.pane_pid !== null) {
      if (this.#recorded && isWatched(this.#app.ledger, this.#app.paths)) return CHECK_MS;
      const screen = await screenOf(this.#app, session).catch(() => null);
      if (screen) {
        this.#show({ ...this.#pictures.of(screen), cursor: null });
        return PANE_MS;
      }
    }
    if (!this.#recorded && this.#endShown !== session.run) {
      this.#endShown = session.run;
      this.#show(await lastPicture(recordingFolder(this.#app.paths.artifacts, session)));
    }
    return CHECK_MS;
  }

  #session(): SessionRow | undefined {
    return sessionById(this.#app.ledger, this.#id);
  }

  #show(picture: Picture | null): void {
    if (this.#isClosed || this.#isSame(picture)) return;
    this.#shown = picture;
    this.#onScreen(picture);
  }

  #isSame(picture: Picture | null): boolean {
    const shown = this.#shown;
    if (!shown || !picture) return shown === picture;
    return isSameSize(shown, picture) && frameBetween(shown, picture, 0) === null;
  }
}
