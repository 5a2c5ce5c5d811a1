import type { SessionRow } from '../../projections/sessions/queries.ts';
import type { AppContext } from '../core/context.ts';
import { isWaiting } from '../core/next-steps.ts';
import { type DialogShown, dialogOf, shownDialog } from './dialog.ts';
import { ifReadable, screenReader } from './look.ts';

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
