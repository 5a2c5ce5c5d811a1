import Type, { type Static } from 'typebox';
import type { RunnableAgent } from '../../../agents/contract/launch.ts';
import { runnableAgent } from '../../../agents/registry.ts';
import { screenRules } from '../../../agents/screen-rules.ts';
import { keyOfWorker } from '../../../config/accounts.ts';
import { Delivery } from '../../../events/catalogue/worker.ts';
import { keepReserve } from '../../../events/store/reserve.ts';
import { AgentPoolError } from '../../../lib/errors.ts';
import { count, noted, nullable, text } from '../../../lib/shapes.ts';
import { shell } from '../../../lib/text/shell.ts';
import type { SessionRow } from '../../../projections/sessions/queries.ts';
import type { Choice } from '../../../terminal/detection/classification-schema.ts';
import type { Classification } from '../../../terminal/detection/classify.ts';
import { draftIn } from '../../../terminal/input/draft.ts';
import { Fence } from '../../../terminal/input/fence.ts';
import { inputView } from '../../../terminal/input/input-view.ts';
import { pollUntil } from '../../../terminal/input/poll-until.ts';
import { submit, typeable } from '../../../terminal/input/submit.ts';
import type { PlainScreen } from '../../../terminal/input/submit-view.ts';
import { Typing } from '../../../terminal/input/typing.ts';
import { redactedMessage } from '../../../workspace/redaction/redacted-message.ts';
import { redact, redactDeep } from '../../../workspace/redaction/redaction.ts';
import type { AppContext } from '../../core/context.ts';
import { record, recordOutcome } from '../../core/record.ts';
import { assertTextFits } from '../../core/words/given-text.ts';
import { sentTexts } from '../../core/words/sent-texts.ts';
import { alone } from '../../core/worker-lock.ts';
import { assertUnpaid, knownCapacity } from '../../queries/capacity.ts';
import { dialogOf } from '../../sight/dialogs/dialog.ts';
import { ifReadable, NO_BOX, type ScreenReading, screenReader } from '../../sight/look.ts';
import { boxNotEmpty, settleEarlier } from './earlier-message.ts';
import { asCommand, asWords, isModelsCommand } from './plain-message.ts';

export const Sent = Type.Object(
  {
    ok: Type.Literal(true),
    session_id: text,
    event_id: noted(count, 'The position of the message event in the log.'),
    delivery: Delivery,
    reason: noted(nullable(text), 'Why it is not confirmed, or why it is queued.'),
    earlier: Type.Optional(
      noted(
        Type.Object({ event_id: count, delivery: Delivery, reason: text }),
        'The message before it, whose sender was ended while it sent it, and what became of it.',
      ),
    ),
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

export interface SendOptions {
  /** Type it even while a dialog waits for a choice. */
  force?: boolean;
  /** It is a command of the agent's own, typed as it is. */
  command?: boolean;
  /** It goes on with the turn that a limit has stopped. */
  continuation?: boolean;
}

/**
 * Sends a worker a message: the whole text as one, with all its lines, read as words. The intent is appended first, so
 * that everything the worker prints next comes after it in the log. Then the text is typed and the outcome is appended.
 * No other caller types into the worker meanwhile.
 * @throws TEXT_IS_A_COMMAND, SHELL_IN_READ_ONLY, POLICY_BLOCKED, DIALOG_WAITS, BOX_NOT_EMPTY, WORKER_BUSY
 */
export async function sendMessage(
  app: AppContext,
  session: SessionRow,
  text: string,
  options: SendOptions = {},
): Promise<Sent> {
  return alone(app, session.id, () => sendWhileAlone(app, session, text, options));
}

/** The same for a caller that already types into the worker alone. */
export async function sendWhileAlone(
  app: AppContext,
  session: SessionRow,
  text: string,
  { force = false, command = false, continuation = false }: SendOptions = {},
): Promise<Sent> {
  assertText(session, text);
  const agent = await runnableAgent(app.config, session.provider_id);
  const isCommand = command || isModelsCommand(app, agent, text);
  const words = isCommand ? asCommand(agent, session, text) : asWords(agent, session, text);
  assertUnpaid(app, keyOfWorker(session), knownCapacity(app));
  const { earlier, left } = await settleEarlier(app, session, agent);
  if (left && !force) throw boxNotEmpty(session, 'text of an earlier message that was not submitted', null);
  const fence = new Fence(session.tmux_pane);
  const seen = force ? null : await screenBefore(app, session, { agent, fence });
  const unread = seen?.unread ?? null;
  keepReserve(app.paths.ledger);
  const [sent] = record(app, session.id, {
    kind: 'send',
    text: redact(text),
    chars: text.length,
    ...(continuation ? { continuation } : {}),
  });
  if (!sent) throw new Error('the message was not recorded');
  const typing = new Typing(app.tmux.of(session.id), session.tmux_pane, sent.event_id, fence);
  const { delivery, reason } =
    unread === null
      ? await typed(app, session, agent, words, { force, typing, found: snapshotFrom(seen) })
      : notTyped(unread);
  recordOutcome(app, session.id, { kind: 'record_delivery', sentEventId: sent.event_id, delivery, reason });
  // The next send recognises by it what this one has left in the box. Nothing depends on when it is forgotten.
  if (delivery !== 'unproven') void typing.forget();
  const { id: session_id } = session;
  return {
    ok: true,
    session_id,
    event_id: sent.position,
    delivery,
    reason,
    ...(earlier ? { earlier } : {}),
  };
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
  const agent = await runnableAgent(app.config, session.provider_id);
  const words = asWords(agent, session, text);
  return alone(app, session.id, async () => {
    const { left } = await settleEarlier(app, session, agent);
    if (left) throw boxNotEmpty(session, 'text of an earlier message that was not submitted', null);
    const fence = new Fence(session.tmux_pane);
    const { unread = null } = (await screenBefore(app, session, { agent, fence })) ?? {};
    if (unread !== null) throw dialogWaits(session, unread, []);
    const [drafted] = record(app, session.id, { kind: 'draft', text: redact(text), chars: text.length });
    if (!drafted) throw new Error('the draft was not recorded');
    const typing = new Typing(app.tmux.of(session.id), session.tmux_pane, drafted.event_id, fence);
    await typing.beginAndType(words);
    return { ok: true, session_id: session.id, event_id: drafted.position, delivery: 'typed' };
  });
}

function assertText(session: SessionRow, text: string): void {
  assertTextFits('The message', text, shell`agentpool send ${session.id} "migrations first"`);
  if (typeable(text).trim() !== '') return;
  throw new AgentPoolError('INVALID_REQUEST', 'The message is empty.', {
    session_id: session.id,
    example: shell`agentpool send ${session.id} "the migrations first"`,
  });
}

/** How long an agent that starts may take to show its input box, in milliseconds. */
const BOX_MS = 3000;

/**
 * The screen that a message will be typed into; null if it cannot be read. Its `unread` says why the worker would not
 * read one, where no rule knows what it shows. Waits for the box of an agent that starts, and raises the fence there.
 * @throws DIALOG_WAITS: prose typed into a menu picks whatever its first letters pick. BOX_NOT_EMPTY.
 */
async function screenBefore(
  app: AppContext,
  session: SessionRow,
  { agent, fence }: { agent: RunnableAgent; fence: Fence },
): Promise<ScreenReading | null> {
  if (session.alive !== 1 || session.pane_pid === null) return null;
  const look = screenReader(app, session);
  // If the screen cannot be read, typing the message reports why.
  const read = () => look([fence.raise]).catch(ifReadable);
  const isStarting = session.state === 'STARTING' || session.state === 'READY';
  const { now } = await pollUntil(isStarting ? BOX_MS : 0, read, (reading) => reading?.unread !== NO_BOX);
  const dialog = now && dialogOf(now.classification);
  if (dialog && (dialog.choices.length > 0 || dialog.review))
    throw dialogWaits(session, dialog.question, dialog.choices);
  const startup = now && startupPage(now.classification);
  if (startup) throw dialogWaits(session, startup, []);
  const where = agent.submit.showsDraft;
  const draft = now && where ? draftOfOthers(app, session, now, where) : null;
  if (draft !== null) throw boxNotEmpty(session, 'text that a person has typed', draft);
  return now;
}

/** Null where the cursor is hidden. */
const snapshotFrom = (seen: ScreenReading | null): PlainScreen | null =>
  seen?.screen.isCursorShown ? { rows: seen.rows, cursorRow: seen.screen.cursor.row } : null;

/** What a page of the agent's own shows, which waits for a key before its input box is there; null for none. */
const startupPage = ({ startup, label, question, evidence }: Classification): string | null =>
  startup && label === 'approval' ? (question ?? evidence[0] ?? startup) : null;

/** What the input box holds that was not sent to the worker before; null for nothing. */
function draftOfOthers(
  app: AppContext,
  session: SessionRow,
  { screen }: ScreenReading,
  where: 'framed' | 'any',
): string | null {
  const draft = draftIn(screen, inputView(screenRules(session.provider_id, app.paths.detectors)), where);
  if (draft === null || PASTED.test(draft)) return null;
  const words = (text: string) => text.replace(/[^\p{L}\p{N}]/gu, '');
  return words(sentTexts(app, session).toString()).includes(words(redact(draft))) ? null : draft;
}

/** Shown for any long text, which may be one of ours that an interrupted turn has put back. */
const PASTED = /^\[(?:Pasted|Paste #)[^\]]*\]$/i;

function dialogWaits(session: SessionRow, question: string | null, choices: readonly Choice[]) {
  const listed = choices.map(({ number, label }) => `${number} ${label}`).join(' | ');
  const shown = [question ? `: ${redact(question)}` : '', listed ? ` (${redact(listed)})` : ''].join('');
  return new AgentPoolError(
    'DIALOG_WAITS',
    `${session.id} shows a dialog and would not read a message${shown}.`,
    {
      session_id: session.id,
      ...redactDeep({ question, choices }),
      example: choices.length
        ? shell`agentpool answer ${session.id} --choice ${choices[0]?.number ?? 1}`
        : shell`agentpool attach ${session.id}`,
    },
  );
}

/** The outcome for a screen that no rule knows: each key could grant what it asks for. */
const notTyped = (unread: string): { delivery: Delivery; reason: string } => ({
  delivery: 'unproven',
  reason: redact(`nothing was typed: the screen shows ${unread}; see it with explain or attach`),
});

async function typed(
  app: AppContext,
  session: SessionRow,
  { submit: style }: RunnableAgent,
  text: string,
  { force, typing, found }: { force: boolean; typing: Typing; found: PlainScreen | null },
): Promise<{ delivery: Delivery; reason: string | null }> {
  try {
    const known = inputView(screenRules(session.provider_id, app.paths.detectors));
    // A caller that forces a message into a dialog means its text field: only the text must be seen.
    const view = force ? { ...known, dialogOn: () => null } : known;
    const submission = await submit(app.tmux.of(session.id), session.tmux_pane, text, style, {
      view,
      typing,
      found,
    });
    const { delivery, reason, takenBack } = submission;
    if (takenBack) await typing.forget();
    return { delivery, reason: reason === null ? null : redact(reason) };
  } catch (error) {
    // The intent is in the log: it must not stay without an outcome.
    return { delivery: 'unproven', reason: redactedMessage(error) };
  }
}
