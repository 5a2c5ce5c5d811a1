import Type, { type Static } from 'typebox';
import { runnableAgent } from '../../../agents/registry.ts';
import { count, flag, list, noted, nullable, oneOf, text } from '../../../lib/shapes.ts';
import { monotonic } from '../../../lib/time/monotonic.ts';
import type { SessionRow } from '../../../projections/sessions/queries.ts';
import type { FormChoice } from '../../../terminal/detection/classification-schema.ts';
import { pollUntil } from '../../../terminal/input/poll-until.ts';
import { typeable } from '../../../terminal/input/submit.ts';
import { redact, redactDeep } from '../../../workspace/redaction/redaction.ts';
import type { AppContext } from '../../core/context.ts';
import { record } from '../../core/record.ts';
import { notStarted } from '../../core/requests/queued-requests.ts';
import { alone } from '../../core/worker-lock.ts';
import {
  answerableOn,
  type Dialog,
  DialogShown,
  dialogKinds,
  isFree,
  isSame,
  keyFor,
  leavesPlanMode,
  shownDialog,
} from '../../sight/dialogs/dialog.ts';
import { ifReadable, type ScreenReading, screenReader } from '../../sight/look.ts';
import { sendWhileAlone } from '../sending/send.ts';
import { confirmReview, fillIn } from './fill.ts';
import { Hand } from './hand.ts';
import { type AnswerPlan, type AnswerRequest, planFor } from './plan.ts';
import { leavesReadOnly, misfit, noDialog, overage } from './refusals.ts';

export type { AnswerRequest } from './plan.ts';

const Taken = Type.Object({ number: count, label: text });

export const Answered = Type.Object(
  {
    ok: Type.Literal(true),
    session_id: text,
    dialog: oneOf(dialogKinds),
    question: nullable(text),
    choice: noted(
      nullable(Taken),
      'The choice that was taken, the first of several; null where only text was given or the form was submitted.',
    ),
    choices: noted(list(Taken), 'Every choice that was taken or ticked.'),
    keys: list(text),
    delivery: noted(
      oneOf(['delivered', 'unproven']),
      '`delivered`: the screen showed that the dialog, or this page of it, closed.',
    ),
    submitted: noted(flag, 'Whether the answers were submitted on a page of their own.'),
    next: noted(nullable(DialogShown), 'The dialog that is shown now: another question, or the review.'),
  },
  { description: 'The answer that was given in the dialog of the worker.' },
);
export type Answered = Static<typeof Answered>;

/** How long a dialog may take to close, in milliseconds. */
const GONE_MS = 5000;
/** How long an agent may take to redraw its screen, in milliseconds. */
const REDRAW_MS = 500;
/** How long the next page of a form may take to be drawn, in milliseconds. */
const NEXT_MS = 750;

/**
 * Answers the dialog on a worker's screen: takes a choice, ticks boxes, types into a field, or submits a form. Each key
 * is pressed only while the screen shows what it is meant for, and looked at before the next, so that no key answers
 * anything else. No other caller types into the worker meanwhile.
 * @throws SESSION_QUEUED, NO_DIALOG, CHOICE_NOT_FOUND, CHOICE_TAKES_NO_TEXT, FORM_MISMATCH, FORM_INCOMPLETE, OVERAGE_NEEDS_A_PERSON,
 * READ_ONLY_WORKER, DIALOG_STUCK
 */
export const answerDialog = (
  app: AppContext,
  session: SessionRow,
  request: AnswerRequest,
): Promise<Answered> => alone(app, session.id, () => answerAlone(app, session, request));

async function answerAlone(app: AppContext, session: SessionRow, request: AnswerRequest): Promise<Answered> {
  if (session.state === 'QUEUED') throw notStarted(session.id);
  // If the worker has ended, the decider rejects the command.
  const look = session.alive === 1 ? screenReader(app, session) : null;
  const dialog = look ? answerableOn(await look()) : null;
  if (!look || !dialog || (request.startup && dialog.name !== request.startup)) throw noDialog(session);
  const plan = planFor(dialog, { ...request, text: request.text === null ? null : inOneLine(request.text) });
  if ('code' in plan) throw misfit(session, dialog, plan);
  assertAllowed(session, dialog, plan);
  const agent = await runnableAgent(app.config, session.provider_id);
  const hand = new Hand(app, session, { agent, look });
  record(app, session.id, { kind: 'send_keys', keys: plannedKeys(dialog, plan) });
  const filling = { session, agent, hand, dialog };
  const { left, message } = await fillIn(filling, plan);
  let { gone, now } = await afterPage(left);
  let submitted = plan.kind === 'submit' && (left.review || left.submit !== null);
  let next = gone ? await shownNext(left, now) : null;
  const isLast = request.submit === true || questionsOf(left) === 1;
  if (next?.review && isLast && isPageOf(next, left)) {
    record(app, session.id, { kind: 'send_keys', keys: ['Enter'] });
    const review = await confirmReview({ ...filling, dialog: next }, next);
    ({ gone, now } = await afterPage(review.left));
    submitted = true;
    next = gone ? await shownNext(review.left, now) : null;
  } else if (next && request.submit && isPageOf(next, left))
    throw misfit(session, next, { code: 'INCOMPLETE' });
  if (gone && message !== null) await sendWhileAlone(app, session, message);
  const taken = takenBy(plan);
  return {
    ok: true,
    session_id: session.id,
    dialog: dialog.kind,
    ...redactDeep({ question: dialog.question, choice: taken[0] ?? null, choices: taken }),
    keys: hand.pressed,
    delivery: gone ? 'delivered' : 'unproven',
    submitted,
    next: next && shownDialog(next),
  };

  /** Waits until a page is gone; `now` is the screen that shows it, null if that is gone too. */
  async function afterPage(page: Dialog): Promise<{ gone: boolean; now: ScreenReading | null }> {
    let unknownSince: number | null = null;
    const { done, now } = await pollUntil(GONE_MS, lookOrGone, (now) => {
      if (now === null) return true;
      if (isSame(page, answerableOn(now))) unknownSince = null;
      // No rule matches a screen that is half drawn: it must stay so for a while.
      else if (now.classification.label === 'unknown') unknownSince ??= monotonic();
      else return true;
      return unknownSince !== null && monotonic() - unknownSince >= REDRAW_MS;
    });
    return { gone: done, now };
  }

  /** The dialog that follows a page. An agent draws it in its own time, and may work again first. */
  async function shownNext(page: Dialog, now: ScreenReading | null): Promise<Dialog | null> {
    const isDrawn = (shown: ScreenReading | null) => shown === null || answerableOn(shown) !== null;
    const isOnlyPage = questionsOf(page) === 0 && !page.multi_select;
    const last = isOnlyPage || isDrawn(now) ? now : (await pollUntil(NEXT_MS, lookOrGone, isDrawn)).now;
    return last && answerableOn(last);
  }

  function lookOrGone(): Promise<ScreenReading | null> {
    return hand.look().catch(ifReadable);
  }
}

/** @throws OVERAGE_NEEDS_A_PERSON, READ_ONLY_WORKER */
function assertAllowed(session: SessionRow, dialog: Dialog, plan: AnswerPlan): void {
  if (dialog.kind === 'overage') {
    // The pointer must be seen on the choice: a number may be read by something else.
    const isPointed = dialog.choices.some(({ selected }) => selected);
    const isDeclined = plan.kind === 'take' && plan.text === null && isPointed && isFree(plan.choice);
    if (!isDeclined) throw overage(session, dialog);
  }
  if (plan.kind === 'take' && session.isolation === 'read_only' && leavesPlanMode(dialog, plan.choice))
    throw leavesReadOnly(session, dialog, plan.choice);
}

const questionsOf = ({ tabs }: Dialog): number => tabs.filter(({ kind }) => kind === 'question').length;

/** Whether a dialog is another page of the same form. */
const isPageOf = (next: Dialog, page: Dialog): boolean =>
  next.kind === page.kind &&
  (next.tabs.length === 0 || JSON.stringify(labelsOf(next)) === JSON.stringify(labelsOf(page)));

const labelsOf = ({ tabs }: Dialog): string[] => tabs.map(({ label }) => label);

function takenBy(plan: AnswerPlan): { number: number; label: string }[] {
  const choices: FormChoice[] =
    plan.kind === 'take'
      ? [plan.choice]
      : plan.kind === 'tick'
        ? [
            ...plan.boxes.filter(({ checked }) => checked).map(({ choice }) => choice),
            ...(plan.words ? [plan.words.choice] : []),
          ]
        : [];
  return choices.map(({ number, label }) => ({ number, label }));
}

/** The keys that will be pressed, as far as the first screen shows: for the record. */
function plannedKeys(dialog: Dialog, plan: AnswerPlan): string[] {
  const { choices, keys } = dialog;
  const back = keys.forward === 'Right' ? 'Left' : 'Up';
  let at = choices.findIndex(({ selected }) => selected);
  const to = (choice: FormChoice, key: string): string[] => {
    const own = keyFor(dialog, choice);
    if (at < 0) return key === 'Enter' && own !== null ? [own] : [key];
    const index = choices.findIndex(({ number }) => number === choice.number);
    const steps = Array<string>(Math.abs(index - at)).fill(index > at ? keys.forward : back);
    at = index;
    return [...steps, key];
  };
  switch (plan.kind) {
    case 'take':
      return plan.text === null
        ? to(plan.choice, 'Enter')
        : [...to(plan.choice, 'Enter').filter((key) => key !== 'Enter'), redact(plan.text), 'Enter'];
    case 'tick': {
      const changed = plan.boxes.filter(({ choice, checked }) => choice.checked !== checked);
      const boxes = changed.flatMap(({ choice }) => to(choice, keys.toggle ?? 'Space'));
      return [...boxes, ...(plan.words ? [redact(plan.words.text)] : []), 'Enter'];
    }
    case 'write':
      return [redact(plan.text), 'Enter'];
    case 'submit':
      return ['Enter'];
  }
}

/** A field takes one line: a line end would confirm it. */
const inOneLine = (text: string): string =>
  typeable(text)
    .replace(/\s*\n\s*/g, ' ')
    .trim();
