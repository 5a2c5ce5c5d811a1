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
import { ifReadable, screenReader } from '../sight/look.ts';

export const Sent = Type.Object(
  {
    ok: Type.Literal(true),
    session_id: text,
    event_id: noted(count, 'The position of the message event in the log.'),
    delivery: Delivery,
    reason: noted(nullable(text), 'Why it is not confirmed, or why it is queued.'),
  },
  {
    description:
      'What happened to the message: the screen showed that the agent took it, the agent queued it, or neither is confirmed.',
  },
);
export type Sent = Static<typeof Sent>;

export interface Drafted extends Pick<Sent, 'ok' | 'session_id' | 'event_id'> {
  delivery: 'typed';
}

/**
 * Sends a worker a message: the whole text as one, with all its lines. The intent is appended first, so that
 * everything the worker prints next comes after it in the log. Then the text is typed and the outcome is appended.
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
 * Types one line into a worker's input box without submitting it. It must be one line: a program without bracketed
 * paste would take a line end as Enter.
 */
export async function draftMessage(app: AppContext, session: SessionRow, text: string): Promise<Drafted> {
  assertText(session, text);
  if (typeable(text).includes('\n'))
    throw new AgentPoolError('INVALID_REQUEST', 'A message that is not submitted must be a single line.', {
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

/** Refuses a message to a dialog: prose typed into a menu picks whatever its first letters pick. */
async function assertNoDialog(app: AppContext, session: SessionRow): Promise<void> {
  if (session.alive !== 1 || session.pane_pid === null) return;
  // If the screen cannot be read, typing the message reports why.
  const reading = await screenReader(app, session)().catch(ifReadable);
  const dialog = reading && dialogOf(reading.classification);
  if (!dialog) return;
  const { question, choices } = dialog;
  const listed = choices.map(({ number, label }) => `${number} ${label}`).join(' | ');
  throw new AgentPoolError(
    'DIALOG_WAITS',
    `${session.id} shows a dialog and would not read a message${question ? `: ${redact(question)}` : ''} (${redact(listed)}).`,
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
    // The intent is in the log: it must not stay without an outcome.
    return { delivery: 'unproven', reason: redact(errorMessage(error)) };
  }
}
