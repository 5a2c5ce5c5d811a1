import { AgentPoolError } from '../../../lib/errors.ts';
import type { SessionRow } from '../../../projections/sessions/queries.ts';
import type { Classification } from '../../../terminal/detection/classify.ts';
import { sendWhileAlone } from '../../commands/sending/send.ts';
import { record, type WatchContext } from '../../core/record.ts';
import { alone } from '../../core/worker-lock.ts';
import { screenReader, seenOrGone } from '../../sight/look.ts';
import { effectiveLabel } from '../../sight/screen-meaning.ts';
import type { Shown } from './plan.ts';

/** How long a menu may take to close, in milliseconds. */
const CLOSED_MS = 5000;

/** What a screen shows of where a message would go. */
export function shownWhileParked(classification: Classification): Shown {
  const { safe_key, form, choices, label, regions } = classification;
  if (safe_key !== undefined) return { kind: 'menu', safeKey: safe_key };
  if (effectiveLabel(classification) === 'working') return { kind: 'work' };
  if (form || choices?.length) return { kind: 'other', what: 'its screen shows a dialog' };
  if (regions.box === undefined || !['idle', 'limit', 'error'].includes(label))
    return { kind: 'other', what: 'its screen shows no input box' };
  return { kind: 'box' };
}

/**
 * Sends the continuation to a parked worker, as `send` does, after it has closed the menu of its limit by the key that
 * chooses nothing. Does nothing if the worker is not parked any more. Returns why it could not be sent; null once it was.
 */
export async function continueWorker(
  app: WatchContext,
  session: SessionRow,
  { words, isParked }: { words: string; isParked: () => boolean },
): Promise<string | null> {
  try {
    return await alone(app, session.id, async () => {
      // Another watcher may have taken over while this one waited, or another caller has sent a message.
      app.guard?.();
      if (!isParked()) return null;
      if (!(await closeMenu(app, session))) return 'the menu of its limit does not close';
      await sendWhileAlone(app, session, words, { continuation: true });
      return null;
    });
  } catch (error) {
    const why = error instanceof AgentPoolError ? HOLDS[error.code] : undefined;
    if (why === undefined) throw error;
    return why;
  }
}

const HOLDS: Record<string, string> = {
  BOX_NOT_EMPTY: 'its input box holds text that was not sent',
  DIALOG_WAITS: 'its screen shows a dialog',
  WORKER_BUSY: 'others type into it',
  POLICY_BLOCKED: 'its work would be paid by the use',
};

/** False if the menu is still shown after its key. */
async function closeMenu(app: WatchContext, session: SessionRow): Promise<boolean> {
  const look = screenReader(app, session);
  const { safe_key: key } = (await look()).classification;
  if (key === undefined) return true;
  record(app, session.id, { kind: 'send_keys', keys: [key] });
  await app.tmux.of(session.id).sendKeys(session.tmux_pane, [key]);
  return seenOrGone(CLOSED_MS, look, ({ classification }) => shownWhileParked(classification).kind === 'box');
}
