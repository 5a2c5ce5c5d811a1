import { setTimeout as sleep } from 'node:timers/promises';
import Type, { type Static } from 'typebox';
import { runnableAgent } from '../../agents/registry.ts';
import { AgentPoolError } from '../../lib/errors.ts';
import { count, list, noted, nullable, oneOf, text } from '../../lib/shapes.ts';
import { shell } from '../../lib/text/shell.ts';
import type { SessionRow } from '../../projections/sessions/queries.ts';
import type { Choice } from '../../terminal/detection/classification-schema.ts';
import { typeable, typeOnly } from '../../terminal/input/submit.ts';
import { redact, redactDeep } from '../../workspace/redaction/redaction.ts';
import type { AppContext } from '../core/context.ts';
import { record } from '../core/record.ts';
import { type Dialog, dialogKinds, dialogOf, findChoice, isSame, stepTowards } from '../sight/dialog.ts';
import { textEntryFor } from '../sight/dialog-words.ts';
import { type ScreenReading, screenReader, seenOrGone } from '../sight/look.ts';
import { sendMessage } from './send.ts';

export const Answered = Type.Object(
  {
    ok: Type.Literal(true),
    session_id: text,
    dialog: oneOf(dialogKinds),
    question: nullable(text),
    choice: noted(Type.Object({ number: count, label: text }), 'The choice that was taken.'),
    keys: list(text),
    delivery: noted(
      oneOf(['delivered', 'unproven']),
      '`delivered`: the screen showed that the dialog closed.',
    ),
  },
  { description: 'The choice that was taken in the dialog of the worker.' },
);
export type Answered = Static<typeof Answered>;

export interface AnswerRequest {
  /** The number of the choice, or words that only it has. */
  choice: string;
  /** The text for a choice that takes one; null for none. */
  text: string | null;
}

/** How long an agent may take to show that it has read a key, in milliseconds. */
const READ_MS = 2000;
/** How long a dialog may take to close, in milliseconds. */
const GONE_MS = 5000;
const POLL_MS = 25;

/**
 * Takes a choice of the dialog on a worker's screen: moves the pointer to it, one observed step at a time, and
 * confirms, with text if the choice takes some. Before each key it checks that the dialog is still shown, so that no
 * key answers another one.
 * @throws NO_DIALOG, CHOICE_NOT_FOUND, CHOICE_TAKES_NO_TEXT, OVERAGE_NEEDS_A_PERSON, DIALOG_STUCK
 */
export async function answerDialog(
  app: AppContext,
  session: SessionRow,
  { choice: words, text }: AnswerRequest,
): Promise<Answered> {
  // If the worker has ended, the decider rejects the command.
  const look = session.alive === 1 ? screenReader(app, session) : null;
  const first = look ? await look() : null;
  const dialog = first ? dialogOf(first.classification) : null;
  if (!look || !first || !dialog) throw noDialog(session);
  if (dialog.kind === 'overage') throw overage(session, dialog);
  const choice = findChoice(dialog.choices, words);
  if (!choice) throw notFound(session, dialog, words);
  const pressing: Pressing = { app, session, look, dialog, choice };
  const keys = keysTo(dialog, choice, first);
  const line = text === null ? null : inOneLine(text);
  record(app, session.id, {
    kind: 'send_keys',
    keys: line === null ? keys : [...keys.filter((key) => key !== 'Enter'), redact(line), 'Enter'],
  });
  const { left, message } = line === null ? await confirm(pressing) : await confirmWith(pressing, line);
  const gone = await seenOrGone(GONE_MS, look, (now) => !isSame(left, dialogOf(now.classification)));
  if (gone && message !== null) await sendMessage(app, session, message);
  const { number, label } = choice;
  return {
    ok: true,
    session_id: session.id,
    dialog: dialog.kind,
    ...redactDeep({ question: dialog.question, choice: { number, label } }),
    keys,
    delivery: gone ? 'delivered' : 'unproven',
  };
}

interface Pressing {
  app: AppContext;
  session: SessionRow;
  look: () => Promise<ScreenReading>;
  dialog: Dialog;
  choice: Choice;
}

const press = ({ app, session }: Pressing, key: string) => app.tmux.sendKeys(session.tmux_pane, [key]);

interface Confirmed {
  /** The dialog before the last key. */
  left: Dialog;
  /** The message to send once the dialog has closed. */
  message: string | null;
}

async function confirm(pressing: Pressing): Promise<Confirmed> {
  const { dialog, choice } = pressing;
  const isPointed = dialog.choices.some(({ selected }) => selected);
  if (isPointed) await pointAt(pressing);
  await press(pressing, isPointed ? 'Enter' : String(choice.number));
  return { left: dialog, message: null };
}

/** Confirms with text, in the way that the choice takes it. */
async function confirmWith(pressing: Pressing, text: string): Promise<Confirmed> {
  const { app, session, look, dialog, choice } = pressing;
  const isPointed = dialog.choices.some(({ selected }) => selected);
  const { rows } = isPointed ? await pointAt(pressing) : await look();
  const { dialogWords } = await runnableAgent(app.config, session.provider_id);
  const way = textEntryFor(choice, rows, dialogWords);
  if (way === null || !(isPointed || way === 'Enter')) throw takesNone(session, choice);
  if (way === 'message') {
    await press(pressing, 'Enter');
    return { left: dialog, message: text };
  }
  if (way !== 'place') {
    // Without a pointer that can be read, a choice is taken by its number.
    await press(pressing, isPointed ? way : String(choice.number));
    const before = rows.join('\n');
    if (!(await seenOrGone(READ_MS, look, (now) => now.rows.join('\n') !== before)))
      throw stuck(session, `${way} did not open a text field`);
  }
  await typeOnly(app.tmux, session.tmux_pane, text);
  if (!(await seenOrGone(READ_MS, look, (now) => showsText(now.rows, text))))
    throw stuck(session, 'the text did not appear in it and was not confirmed');
  const typed = dialogOf((await look()).classification) ?? dialog;
  await press(pressing, 'Enter');
  return { left: typed, message: null };
}

/** Moves the pointer to the choice, one observed step at a time; returns the screen that shows it there. */
async function pointAt(pressing: Pressing): Promise<ScreenReading> {
  const { session, look, dialog, choice } = pressing;
  // A menu may wrap around or skip a row: as many steps as it has choices bring the pointer everywhere.
  for (let step = 0; step <= dialog.choices.length; step++) {
    const { now, current } = await currentDialog(look, dialog, session);
    const key = stepTowards(current.choices, choice, now.rows);
    if (key === null) return now;
    await press(pressing, key);
    const from = pointedAt(current);
    const moved = ({ classification }: ScreenReading) => {
      const later = dialogOf(classification);
      return isSame(dialog, later) && pointedAt(later) !== from;
    };
    if (!(await seenOrGone(READ_MS, look, moved))) throw stuck(session, `its pointer did not move on ${key}`);
  }
  throw stuck(session, 'its pointer did not reach the choice');
}

/** The dialog as it is shown now. An agent that redraws it gets READ_MS for that. */
async function currentDialog(
  look: () => Promise<ScreenReading>,
  dialog: Dialog,
  session: SessionRow,
): Promise<{ now: ScreenReading; current: Dialog }> {
  for (const deadline = Date.now() + READ_MS; ; await sleep(POLL_MS)) {
    const now = await look();
    const current = dialogOf(now.classification);
    if (current && isSame(dialog, current)) return { now, current };
    if (Date.now() > deadline) throw stuck(session, 'it closed while its pointer was moved');
  }
}

/** The keys that will be pressed, as far as the first screen shows: for the record. */
function keysTo({ choices }: Dialog, choice: Choice, { rows }: ScreenReading): string[] {
  const step = stepTowards(choices, choice, rows);
  const at = choices.findIndex(({ selected }) => selected);
  if (at < 0) return [String(choice.number)];
  const distance = Math.abs(choices.findIndex(({ number }) => number === choice.number) - at);
  return [...Array<string>(distance).fill(step ?? ''), 'Enter'];
}

const pointedAt = (dialog: Dialog | null): number | undefined =>
  dialog?.choices.find(({ selected }) => selected)?.number;

/** Whether the screen shows the text, wherever it breaks the lines. */
const showsText = (rows: readonly string[], text: string): boolean =>
  bare(rows.join('')).includes(bare(text).slice(0, 40));
const bare = (text: string): string => text.replace(/[^\p{L}\p{N}]/gu, '');

/** A field takes one line: a line end would confirm it. */
const inOneLine = (text: string): string =>
  typeable(text)
    .replace(/\s*\n\s*/g, ' ')
    .trim();

const listed = (choices: readonly Choice[]): string =>
  choices.map(({ number, label }) => `${number} ${label}`).join(' | ');

const noDialog = ({ id, state }: SessionRow) =>
  new AgentPoolError(
    'NO_DIALOG',
    `The screen of ${id} (${state}) shows no dialog with choices. Answer a question in prose with a message.`,
    { session_id: id, state, example: shell`agentpool send ${id} "the migrations first"` },
  );

const notFound = ({ id }: SessionRow, { question, choices }: Dialog, words: string) =>
  new AgentPoolError(
    'CHOICE_NOT_FOUND',
    `${JSON.stringify(words)} matches none of the choices, or several: ${listed(choices)}.`,
    {
      session_id: id,
      question,
      choices,
      example: shell`agentpool answer ${id} --choice ${choices[0]?.number ?? 1}`,
    },
  );

const takesNone = ({ id }: SessionRow, { number, label }: Choice) =>
  new AgentPoolError(
    'CHOICE_TAKES_NO_TEXT',
    `Choice ${number} (${label}) takes no text. Answer without it, and send it as a message.`,
    { session_id: id, example: shell`agentpool answer ${id} --choice ${number}` },
  );

const overage = ({ id }: SessionRow, { question }: Dialog) =>
  new AgentPoolError(
    'OVERAGE_NEEDS_A_PERSON',
    'This dialog is about paying beyond the subscription: only a person may answer it, in the terminal.',
    { session_id: id, question, example: shell`agentpool attach ${id}` },
  );

const stuck = ({ id }: SessionRow, why: string) =>
  new AgentPoolError('DIALOG_STUCK', `The dialog was not answered: ${why}.`, {
    session_id: id,
    example: shell`agentpool explain ${id}`,
  });
