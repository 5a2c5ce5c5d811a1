import type { RunnableAgent } from '../../../agents/contract/launch.ts';
import { screenRules } from '../../../agents/screen-rules.ts';
import type { Delivery } from '../../../events/catalogue/words.ts';
import { AgentPoolError } from '../../../lib/errors.ts';
import { shell } from '../../../lib/text/shell.ts';
import { workerStream } from '../../../machines/worker/state.ts';
import type { SessionRow } from '../../../projections/sessions/queries.ts';
import { inputView } from '../../../terminal/input/input-view.ts';
import { type Settled, settle, takeOver } from '../../../terminal/input/settle.ts';
import { redact } from '../../../workspace/redaction/redaction.ts';
import type { AppContext } from '../../core/context.ts';
import { record, workerOf } from '../../core/record.ts';

/** A message whose sender was killed before it knew what became of it, and what did. */
export interface EarlierMessage {
  /** The position of the message event in the log. */
  event_id: number;
  delivery: Delivery;
  reason: string;
}

/** `left`: its text is in the input box and could not be removed. */
type Settlement = { earlier: EarlierMessage | null; left: boolean };

const NOTHING: Settlement = { earlier: null, left: false };

/**
 * Settles the newest message to a worker where its outcome is unknown: records what became of it, and takes its text
 * back if it was typed and not submitted. The caller types into the worker alone, so the process that sent it has ended.
 */
export async function settleEarlier(
  app: AppContext,
  session: SessionRow,
  { submit: style }: RunnableAgent,
): Promise<Settlement> {
  const { sending, unproven } = workerOf(app, session.id);
  const token = sending ?? unproven;
  if (token === null || session.alive !== 1 || session.pane_pid === null) return NOTHING;
  const tmux = app.tmux.of(session.id);
  const typing = await takeOver(tmux, session.tmux_pane, token);
  if (typing === null && sending === null) return NOTHING;
  const view = inputView(screenRules(session.provider_id, app.paths.detectors));
  const settled = await settle(tmux, session.tmux_pane, typing, style, view);
  const { delivery, reason } = OUTCOMES[settled];
  if (sending !== null)
    record(app, session.id, { kind: 'record_delivery', sentEventId: sending, delivery, reason });
  if (settled !== 'left') await typing?.forget();
  const event_id = sending === null ? undefined : positionOf(app, session.id, sending);
  const earlier = event_id === undefined ? null : { event_id, delivery, reason };
  return { earlier, left: settled === 'left' };
}

const ENDED = 'the process that sent it was ended';
const OUTCOMES: Record<Settled, { delivery: Delivery; reason: string }> = {
  not_typed: { delivery: 'unproven', reason: `never typed: ${ENDED} before. Send it again` },
  submitted: {
    delivery: 'delivered',
    reason: `${ENDED} after it pressed the submit keys, and the text has left the input box`,
  },
  queued: { delivery: 'queued', reason: `${ENDED} after it pressed the submit keys` },
  taken_back: {
    delivery: 'unproven',
    reason: `never submitted: ${ENDED} after it typed the text, which was taken back. Send it again`,
  },
  not_seen: {
    delivery: 'unproven',
    reason: `not submitted by AgentPool: ${ENDED} after it typed the text, which is not seen in the input box`,
  },
  left: {
    delivery: 'unproven',
    reason: `never submitted: ${ENDED} after it typed the text, which is left in the input box`,
  },
};

function positionOf(app: AppContext, id: string, eventId: string): number | undefined {
  for (const { event_id, position } of app.ledger.stream(workerStream(id)))
    if (event_id === eventId) return position;
  return undefined;
}

/** The input box holds what a message would be joined to, and what must not be deleted. */
export function boxNotEmpty({ id }: SessionRow, holds: string, shown: string | null): AgentPoolError {
  const text = shown === null ? '' : `: ${JSON.stringify(redact(shown).slice(0, 200))}`;
  return new AgentPoolError(
    'BOX_NOT_EMPTY',
    `The input box of ${id} holds ${holds}${text}. Nothing was typed. Submit or delete that text in its terminal first.`,
    { session_id: id, example: shell`agentpool attach ${id}` },
  );
}
