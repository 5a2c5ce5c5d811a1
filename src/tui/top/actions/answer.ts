import { answerDialog } from '../../../workers/commands/answering/answer.ts';
import { sendMessage } from '../../../workers/commands/sending/send.ts';
import { isWaiting } from '../../../workers/core/setup/next-steps.ts';
import { offeredWords } from '../../../workers/sight/dialogs/asked.ts';
import { dialogOf, isSame } from '../../../workers/sight/dialogs/dialog.ts';
import { screenReader } from '../../../workers/sight/look.ts';
import type { Given, WorkerAction } from './action.ts';
import { asks, changeOf, type ShownQuestion } from './asked.ts';
import { nowOf } from './fresh.ts';

/** Answers what the worker asks: the dialog on its screen as it is now, page by page. */
export const answer: WorkerAction = {
  key: 'a',
  label: 'answer',
  help: 'Answer what the worker asks: take a choice, tick some, or write.',
  needs: 'worker',
  isPossible: ({ session: { state, alive } }, detail) => {
    if (!isWaiting({ state, alive: alive === 1 })) return 'It asks nothing.';
    const asks = detail?.words?.asks ?? null;
    if (asks?.isAboutMoney) return 'It is about money: answer it in its own terminal, with Enter.';
    if (asks && asks.form === null && wordsOffered(asks).length === 0)
      return 'It asks in words: answer it with s.';
    return null;
  },
  run: answerPages,
};

/** A form has several pages: each is asked for as it is shown. */
const MOST_PAGES = 12;

/** The words that a question in prose offers: `[y/N]`. */
const wordsOffered = ({ lines }: Pick<ShownQuestion, 'lines'>): string[] =>
  offeredWords(lines.slice(-2).join(' '));

async function answerInWords(given: Given): Promise<void> {
  const { app, dialogs } = given;
  const seen = await asks(given);
  const words = seen ? wordsOffered(seen) : [];
  if (!seen || words.length === 0) {
    dialogs.say('It asks nothing that has choices.');
    return;
  }
  const word = await dialogs.choose({
    title: titleOf(given),
    intro: seen.lines,
    items: words.map((each) => ({ value: each, label: each })),
  });
  if (word === null) return;
  if (await hasChanged(given, seen)) return;
  dialogs.say('answers …', 'busy');
  const { delivery } = await sendMessage(app, nowOf(given), word);
  dialogs.say(`${delivery}: ${word}`);
}

async function answerPages(given: Given): Promise<void> {
  const { app, session, dialogs } = given;
  const look = screenReader(app, session);
  for (let page = 0; page < MOST_PAGES; page++) {
    const seen = await asks(given);
    const dialog = dialogOf((await look()).classification);
    if (!dialog) {
      if (page === 0) await answerInWords(given);
      return;
    }
    const request = await requestFor(given, dialog, seen?.lines ?? []);
    if (!request) return;
    // The same choices may by now answer another question: a second command to approve.
    if (await hasChanged(given, seen)) return;
    if (!isSame(dialog, dialogOf((await look()).classification))) return tellOfChange(given);
    dialogs.say('answers …', 'busy');
    const { next, choices, delivery } = await answerDialog(app, nowOf(given), request);
    const taken = choices.map(({ label }) => label).join(', ') || 'your text';
    dialogs.say(
      delivery === 'delivered' ? `answered: ${taken}` : `sent, but its dialog is still shown: ${taken}`,
    );
    if (!next) return;
  }
}

async function hasChanged(given: Given, seen: ShownQuestion | null): Promise<boolean> {
  const change = changeOf(seen, await asks(given));
  if (change !== null) tellOfChange(given, change);
  return change !== null;
}

function tellOfChange({ dialogs }: Given, change = 'Nothing was sent: it asks something else now.'): void {
  dialogs.say(`${change} Look at it, and press a again.`, 'failed');
}

const titleOf = ({ session }: Given): string => `Answer: ${session.task}`;

/** What leads to the question, such as the command to approve, if that was read of this question; else the question. */
function introOf(lines: readonly string[], { question, title }: Dialog): string[] {
  const asked = question ?? title ?? '';
  const isOfThis = lines.some((each) => asked !== '' && each.includes(asked.slice(0, 40)));
  return isOfThis ? lines.slice(-MOST_INTRO) : [asked].filter(Boolean);
}

const MOST_INTRO = 12;

type Dialog = NonNullable<ReturnType<typeof dialogOf>>;
type Request = Parameters<typeof answerDialog>[2];

/** What the person answers on this page; null to leave it. */
async function requestFor(given: Given, dialog: Dialog, lines: readonly string[]): Promise<Request | null> {
  const { dialogs } = given;
  const { choices, multi_select, review } = dialog;
  const intro = introOf(lines, dialog);
  const name = titleOf(given);
  if (review) {
    const isSure = await dialogs.confirm({
      title: name,
      question: [...intro, 'All pages are answered.'].join(' '),
      yes: { key: 's', label: 'submit it' },
    });
    return isSure ? { choice: null, text: null, submit: true } : null;
  }
  if (choices.length === 0) {
    const text = await dialogs.write({ title: name, intro, oneLine: true, done: 'answers' });
    return text === null ? null : { choice: null, text };
  }
  if (multi_select) return ticked({ dialogs }, dialog, { title: name, intro });
  const choice = await dialogs.choose({
    title: name,
    intro,
    items: choices.map((each) => ({
      value: each,
      label: each.label,
      ...(each.description ? { note: each.description } : {}),
    })),
    at: Math.max(
      0,
      choices.findIndex(({ selected }) => selected),
    ),
  });
  if (!choice) return null;
  const asked = { choice: String(choice.number), expected: choice.label };
  if (choice.kind !== 'text') return { ...asked, text: null };
  const text = await dialogs.write({ title: choice.label, intro, oneLine: true, done: 'answers' });
  return text === null ? null : { ...asked, text };
}

async function ticked(
  { dialogs }: Pick<Given, 'dialogs'>,
  { choices }: Dialog,
  { title, intro }: { title: string; intro: readonly string[] },
): Promise<Request | null> {
  const boxes = choices.filter(({ checked }) => checked !== null);
  const chosen = await dialogs.tick({
    title,
    intro,
    items: boxes.map((each) => ({ value: each, label: each.label, ticked: each.checked === true })),
  });
  if (!chosen) return null;
  if (chosen.length === 0) {
    dialogs.say('Nothing was ticked: nothing was sent.');
    return null;
  }
  const wordy = chosen.find(({ kind }) => kind === 'text');
  const text = wordy ? await dialogs.write({ title: wordy.label, oneLine: true, done: 'answers' }) : null;
  if (wordy && text === null) return null;
  return { choice: null, choices: chosen.map(({ number }) => String(number)), text };
}
