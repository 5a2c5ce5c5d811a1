import type { RunnableAgent } from '../../../agents/contract/launch.ts';
import type { SessionRow } from '../../../projections/sessions/queries.ts';
import type { FormChoice } from '../../../terminal/detection/classification-schema.ts';
import { answerableOn, type Dialog, isSame, keyFor } from '../../sight/dialogs/dialog.ts';
import { textEntryFor } from '../../sight/dialogs/dialog-words.ts';
import { type ScreenReading, seenOrGone } from '../../sight/look.ts';
import { asWords } from '../sending/plain-message.ts';
import type { Hand } from './hand.ts';
import type { AnswerPlan } from './plan.ts';
import { misfit, stuck, takesNone } from './refusals.ts';

interface Filling {
  session: SessionRow;
  agent: RunnableAgent;
  hand: Hand;
  dialog: Dialog;
}

export interface Filled {
  /** The page before the last key. */
  left: Dialog;
  /** The message to send once the dialog has closed. */
  message: string | null;
}

/** Carries out a plan in a dialog, up to the key that leaves its page. @throws DIALOG_STUCK, CHOICE_TAKES_NO_TEXT */
export function fillIn(filling: Filling, plan: AnswerPlan): Promise<Filled> {
  switch (plan.kind) {
    case 'take':
      return plan.text === null ? take(filling, plan) : takeWith(filling, plan, plan.text);
    case 'tick':
      return tick(filling, plan);
    case 'write':
      return write(filling, plan.text);
    case 'submit':
      return submitForm(filling);
  }
}

const isPointed = ({ choices }: Dialog): boolean => choices.some(({ selected }) => selected);

type Take = Extract<AnswerPlan, { kind: 'take' }>;

async function take(filling: Filling, { choice }: Take): Promise<Filled> {
  const { hand, dialog } = filling;
  if (!isPointed(dialog)) return takeByKey(filling, choice);
  const { current } = await hand.pointAt(dialog, choice);
  await hand.press('Enter');
  return { left: current, message: null };
}

/** How long a letter must stay behind its question, with nothing below it, until it is confirmed, in milliseconds. */
const TYPED_MS = 300;

/** Without a pointer that can be read, a choice is taken by the key that the screen names for it. */
async function takeByKey(filling: Filling, choice: FormChoice): Promise<Filled> {
  const { hand } = filling;
  const { now, key } = await shownKey(filling, choice);
  await hand.press(key);
  // A program that reads a line shows the letter and waits for Enter; any other one has taken it.
  const isTyped = (later: ScreenReading) => lastRow(later) === `${lastRow(now)}${key}`;
  const isChanged = await hand.sees((later) => lastRow(later) !== lastRow(now));
  const isLine = isChanged && !(await seenOrGone(TYPED_MS, hand.look, (later) => !isTyped(later)));
  if (isLine) await hand.press('Enter');
  return { left: filling.dialog, message: null };
}

const isLetter = (key: string | null): boolean => key !== null && /^\p{L}$/u.test(key);

/** The key of a choice on the page as it is now. @throws DIALOG_STUCK where the screen names none */
async function shownKey(
  { session, hand, dialog }: Filling,
  choice: FormChoice,
): Promise<{ now: ScreenReading; key: string }> {
  const { now, current } = await hand.page(dialog);
  const key = keyFor(current, choice);
  if (key === null) throw stuck(session, `the screen names no key for choice ${choice.number}`, current);
  return { now, key };
}

/** The last row that is not blank, without blanks. */
const lastRow = ({ rows }: ScreenReading): string =>
  (rows.findLast((row) => row.trim() !== '') ?? '').replace(/\s/g, '');

/** Confirms with text, in the way that the choice takes it. */
async function takeWith(filling: Filling, { choice }: Take, text: string): Promise<Filled> {
  const { session, agent, hand, dialog } = filling;
  // A letter of its own opens its field at once, wherever the pointer is.
  const pointed = isPointed(dialog) && !isLetter(keyFor(dialog, choice));
  const { now } = pointed ? await hand.pointAt(dialog, choice) : await hand.page(dialog);
  const way = textEntryFor(choice, now.rows, agent.dialogWords);
  if (way === null || !(pointed || way === 'Enter')) throw takesNone(session, choice);
  if (way === 'message') {
    // Refused before anything is answered.
    asWords(agent, session, text);
    await hand.press('Enter');
    return { left: dialog, message: text };
  }
  const opens = pointed ? way : (await shownKey(filling, choice)).key;
  await hand.write(text, way === 'place' ? null : opens);
  const typed = answerableOn(await hand.look()) ?? dialog;
  await hand.enterText();
  return { left: typed, message: null };
}

async function write({ hand, dialog }: Filling, text: string): Promise<Filled> {
  await hand.page(dialog);
  await hand.write(text, null);
  await hand.enterText();
  return { left: dialog, message: null };
}

async function tick(
  filling: Filling,
  { boxes, words }: Extract<AnswerPlan, { kind: 'tick' }>,
): Promise<Filled> {
  const { session, agent, hand, dialog } = filling;
  for (const { choice, checked } of boxes) await hand.tick(dialog, choice, checked);
  if (words) {
    const { now } = await hand.pointAt(dialog, words.choice);
    const way = textEntryFor(words.choice, now.rows, agent.dialogWords);
    if (way === null || way === 'message') throw takesNone(session, words.choice);
    await hand.write(words.text, way === 'place' ? null : way);
    if (way === 'place') await hand.keepText();
    else await hand.enterText();
  }
  const wanted = new Map(boxes.map(({ choice, checked }) => [choice.number, checked]));
  const asWanted = (page: Dialog | null): boolean =>
    page?.choices.every(({ number, checked }) => !wanted.has(number) || wanted.get(number) === checked) ===
    true;
  // What was typed may have changed a box: the last look before the answers leave the page.
  const isAsWanted = await hand.sees((now) => {
    const page = answerableOn(now);
    return isSame(dialog, page) && asWanted(page);
  });
  const { current } = await hand.page(dialog);
  if (!isAsWanted) throw stuck(session, 'its boxes are not ticked as they were to be', current);
  return leavePage(filling, current);
}

/** Leaves a page whose boxes are ticked, in the way that its form has for it. */
async function leavePage({ session, hand, dialog }: Filling, page: Dialog): Promise<Filled> {
  const submit = page.choices.find(({ kind }) => kind === 'submit');
  if (submit) {
    const { current } = await hand.pointAt(dialog, submit);
    await hand.press('Enter');
    return { left: current, message: null };
  }
  if (page.submit === 'tab' && page.keys.page) await hand.press(page.keys.page);
  else if (page.submit === 'enter') await hand.press('Enter');
  else throw stuck(session, 'its boxes are ticked, but how it is submitted is not shown', page);
  return { left: page, message: null };
}

/** Shows the page that reviews the answers, and confirms it. */
async function submitForm(filling: Filling): Promise<Filled> {
  const { session, hand, dialog } = filling;
  if (dialog.review) return confirmReview(filling, dialog);
  if (dialog.multi_select) return leavePage(filling, (await hand.page(dialog)).current);
  if (dialog.submit === 'enter' || dialog.keys.page === null) {
    await hand.page(dialog);
    await hand.press('Enter');
    return { left: dialog, message: null };
  }
  let page = (await hand.page(dialog)).current;
  for (let step = 0; step < page.tabs.length && !page.review; step++) {
    const from = page;
    await hand.press(page.keys.page ?? 'Tab');
    const turned = await hand.sees((now) => {
      const next = answerableOn(now);
      return next !== null && !isSame(from, next);
    });
    const next = answerableOn(await hand.look());
    if (!turned || !next) throw stuck(session, 'its next page was not shown', next);
    page = next;
  }
  if (!page.review) throw stuck(session, 'the page that submits it was not found', page);
  return confirmReview({ ...filling, dialog: page }, page);
}

/** Confirms the page that reviews the answers. @throws FORM_INCOMPLETE while a question has no answer. */
export async function confirmReview(filling: Filling, page: Dialog): Promise<Filled> {
  const { session, hand } = filling;
  if ((page.unanswered ?? 0) > 0) throw misfit(session, page, { code: 'INCOMPLETE' });
  const submit = page.choices.find(({ kind }) => kind === 'submit');
  const { current } = submit ? await hand.pointAt(page, submit) : await hand.page(page);
  await hand.press('Enter');
  return { left: current, message: null };
}
