import Type, { type Static } from 'typebox';
import { runnableAgent } from '../../agents/registry.ts';
import { Delivery } from '../../events/catalogue/worker.ts';
import { AgentPoolError, errorMessage } from '../../lib/errors.ts';
import { count, noted, nullable, text } from '../../lib/shapes.ts';
import { shell } from '../../lib/text/shell.ts';
import type { SessionRow } from '../../projections/sessions/queries.ts';
import { submit, typeable, typeOnly } from '../../terminal/input/submit.ts';
import { redact, redactDeep } from '../../workspace/redaction/redaction.ts';
import type { AppContext } from '../core/context.ts';
import { record } from '../core/record.ts';
import { dialogOf } from '../sight/dialog.ts';
import { screenReader } from '../sight/look.ts';

export const Sent = Type.Object(
  {
    ok: Type.Literal(true),
    session_id: text,
    event_id: noted(count, 'The position of the event of this message in the log.'),
    delivery: Delivery,
    reason: noted(nullable(text), 'Why it is not proven, or queued.'),
  },
  {
    description: 'What became of the message: seen to be taken, kept by the agent for later, or not proven.',
  },
);
export type Sent = Static<typeof Sent>;

export interface Drafted extends Pick<Sent, 'ok' | 'session_id' | 'event_id'> {
  delivery: 'typed';
}

/**
 * Gives a worker a message: the whole text as one, whatever lines and characters it has. The intent is appended
 * first, so that what the worker says next is known to come after it; then it is typed, and what became of it is appended.
 */
export async function sendMessage(
  app: AppContext,
  session: SessionRow,
  text: string,
  { force = false }: { force?: boolean } = {},
): Promise<Sent> {
  assertText(session, text);
  if (!force) await assertNoDialog(app, session);
  const [sent] = record(app, session.id, { kind: 'send', text: redact(text), chars: text.length });
  if (!sent) throw new Error('the message was not recorded');
  const { delivery, reason } = await typed(app, session, text);
  record(app, session.id, { kind: 'record_delivery', sentEventId: sent.event_id, delivery, reason });
  return { ok: true, session_id: session.id, event_id: sent.position, delivery, reason };
}

/**
 * Types one line into a worker's box and leaves it there, for whoever presses the key. A program that knows no pasting
 * would take a line end for that key.
 */
export async function draftMessage(app: AppContext, session: SessionRow, text: string): Promise<Drafted> {
  assertText(session, text);
  if (typeable(text).includes('\n'))
    throw new AgentPoolError('INVALID_REQUEST', 'A message that is not submitted has to be one line.', {
      session_id: session.id,
      example: shell`agentpool send ${session.id} "the migrations first"`,
    });
  await assertNoDialog(app, session);
  const [drafted] = record(app, session.id, { kind: 'draft', text: redact(text), chars: text.length });
  if (!drafted) throw new Error('the draft was not recorded');
  await typeOnly(app.tmux, session.tmux_pane, text);
  return { ok: true, session_id: session.id, event_id: drafted.position, delivery: 'typed' };
}

function assertText(session: SessionRow, text: string): void {
  if (typeable(text).trim() !== '') return;
  throw new AgentPoolError('INVALID_REQUEST', 'The message is empty.', {
    session_id: session.id,
    example: shell`agentpool send ${session.id} "the migrations first"`,
  });
}

/** Prose that is typed into a menu picks whatever its first letters pick. */
async function assertNoDialog(app: AppContext, session: SessionRow): Promise<void> {
  if (session.alive !== 1 || session.pane_pid === null) return;
  // What can not be looked at is told by what is done next.
  const seen = await screenReader(app, session)().catch(() => null);
  const dialog = seen && dialogOf(seen.classification);
  if (!dialog) return;
  const { question, choices } = dialog;
  const listed = choices.map(({ number, label }) => `${number} ${label}`).join(' | ');
  throw new AgentPoolError(
    'DIALOG_WAITS',
    `${session.id} waits at a dialog and would not read a message${question ? `: ${redact(question)}` : ''} (${redact(listed)}).`,
    {
      session_id: session.id,
      ...redactDeep({ question, choices }),
      example: shell`agentpool answer ${session.id} --choice ${choices[0]?.number ?? 1}`,
    },
  );
}

async function typed(
  app: AppContext,
  session: SessionRow,
  text: string,
): Promise<{ delivery: Delivery; reason: string | null }> {
  const { submit: style } = await runnableAgent(app.config, session.provider_id);
  try {
    return await submit(app.tmux, session.tmux_pane, text, style);
  } catch (error) {
    // The intent stands in the log: it must not stay without an outcome.
    return { delivery: 'unproven', reason: redact(errorMessage(error)) };
  }
}
