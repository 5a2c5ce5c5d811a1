import Type, { type Static } from 'typebox';
import { Delivery } from '../events/catalogue/worker.ts';
import { AgentPoolError } from '../events/errors.ts';
import { count, noted, nullable, text } from '../events/shapes.ts';
import type { SessionRow } from '../projections/session-queries.ts';
import { providerNamed } from '../providers/registry.ts';
import { submit, typeable, typeOnly } from '../terminal/submit.ts';
import { redact, redactDeep } from '../workspace/redaction.ts';
import { dialogOf } from './dialog.ts';
import type { House } from './house.ts';
import { lookerAt } from './look.ts';
import { record } from './record.ts';

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
  house: House,
  session: SessionRow,
  text: string,
  { force = false }: { force?: boolean } = {},
): Promise<Sent> {
  assertText(session, text);
  if (!force) await assertNoDialog(house, session);
  const [sent] = record(house, session.id, { kind: 'send', text: redact(text), chars: text.length });
  if (!sent) throw new Error('the message was not recorded');
  const { delivery, reason } = await typed(house, session, text);
  record(house, session.id, { kind: 'record_delivery', sentEventId: sent.event_id, delivery, reason });
  return { ok: true, session_id: session.id, event_id: sent.position, delivery, reason };
}

/**
 * Types one line into a worker's box and leaves it there, for whoever presses the key. A program that knows no pasting
 * would take a line end for that key.
 */
export async function draftMessage(house: House, session: SessionRow, text: string): Promise<Drafted> {
  assertText(session, text);
  if (typeable(text).includes('\n'))
    throw new AgentPoolError('INVALID_REQUEST', 'A message that is not submitted has to be one line.', {
      session_id: session.id,
      example: `agentpool send ${session.id} "the migrations first"`,
    });
  await assertNoDialog(house, session);
  const [drafted] = record(house, session.id, { kind: 'draft', text: redact(text), chars: text.length });
  if (!drafted) throw new Error('the draft was not recorded');
  await typeOnly(house.tmux, session.tmux_pane, text);
  return { ok: true, session_id: session.id, event_id: drafted.position, delivery: 'typed' };
}

function assertText(session: SessionRow, text: string): void {
  if (typeable(text).trim() !== '') return;
  throw new AgentPoolError('INVALID_REQUEST', 'The message is empty.', {
    session_id: session.id,
    example: `agentpool send ${session.id} "the migrations first"`,
  });
}

/** Prose that is typed into a menu picks whatever its first letters pick. */
async function assertNoDialog(house: House, session: SessionRow): Promise<void> {
  if (session.alive !== 1 || session.pane_pid === null) return;
  // What can not be looked at is told by what is done next.
  const seen = await lookerAt(house, session)().catch(() => null);
  const dialog = seen && dialogOf(seen.judgement);
  if (!dialog) return;
  const { question, choices } = dialog;
  const listed = choices.map(({ number, label }) => `${number} ${label}`).join(' | ');
  throw new AgentPoolError(
    'DIALOG_WAITS',
    `${session.id} waits at a dialog and would not read a message${question ? `: ${redact(question)}` : ''} (${redact(listed)}).`,
    {
      session_id: session.id,
      ...redactDeep({ question, choices }),
      example: `agentpool answer ${session.id} --choice ${choices[0]?.number ?? 1}`,
    },
  );
}

async function typed(
  house: House,
  session: SessionRow,
  text: string,
): Promise<{ delivery: Delivery; reason: string | null }> {
  const style = providerNamed(house.config, session.provider_id).submit;
  try {
    return await submit(house.tmux, session.tmux_pane, text, style);
  } catch (error) {
    // The intent stands in the log: it must not stay without an outcome.
    return { delivery: 'unproven', reason: redact(error instanceof Error ? error.message : String(error)) };
  }
}
