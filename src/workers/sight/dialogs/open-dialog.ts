import type { SessionRow } from '../../../projections/sessions/queries.ts';
import type { AppContext } from '../../core/context.ts';
import { isWaiting } from '../../core/setup/next-steps.ts';
import { ifReadable, screenReader } from '../look.ts';
import { type DialogShown, dialogOf, shownDialog } from './dialog.ts';

/** Whether a worker may have a dialog on its screen. */
export const mayAsk = ({ alive, pane_pid, state }: SessionRow): boolean =>
  pane_pid !== null && isWaiting({ state, alive: alive === 1 });

/** The dialog on a worker's screen as it is now; null if there is none, or if the screen cannot be read. */
export async function openDialog(
  app: AppContext,
  session: SessionRow,
  { words }: { words: boolean },
): Promise<DialogShown | null> {
  const now = await screenReader(app, session)().catch(ifReadable);
  const dialog = now && dialogOf(now.classification);
  return dialog && shownDialog(dialog, { words });
}

/** When a wait has lasted so long, it will hardly be over in the next moment, in milliseconds. */
const PREPARE_MS = 250;

/**
 * Reads the screen once while a process waits for the worker: what reads it is loaded and compiled then, and not between
 * a question and its answer. Returns what ends that.
 */
export function prepareDialog(app: AppContext, session: SessionRow): () => void {
  if (session.pane_pid === null) return () => {};
  const prepare = () => void openDialog(app, session, { words: true }).catch(() => {});
  const timer = setTimeout(prepare, PREPARE_MS).unref();
  return () => clearTimeout(timer);
}
