import { leftOf, planWindows } from '../../../agents/contract/limits/sample.ts';
import { clean } from '../text/clean.ts';
import { textOf } from '../text/line.ts';
import { askLines, clockOf, tabText } from './detail-lines.ts';
import { answerOf, isSignedOut, labelOf, titleOf } from './limit-rows.ts';
import type { ListedWorker, Subscription } from './snapshot.ts';
import { STATE_WORDS, type State, selectedWorker, shownWorkers } from './state.ts';
import { loginName, taskOf, whenOf } from './worker-rows.ts';

/** A part of the dashboard for a screen reader: a heading, and lines that make sense one by one. */
export interface LinearSection {
  heading: string;
  items: { text: string; isSelected: boolean }[];
}

/** The last rows of a screen that are read out. */
const SCREEN_ROWS = 30;
/** Wide enough for any line: what reads them wraps them itself. */
const ANY_WIDTH = 400;

/**
 * The dashboard as sections of lines, in the order in which they matter, without bars, frames and ages, which would be
 * read out again every minute.
 */
export function linearOf(state: State): LinearSection[] {
  const { snapshot, dialog, notice } = state;
  if (dialog) {
    const { lines } = dialog.view({ width: ANY_WIDTH, height: 200 });
    return [section(dialog.title, [...lines.map(textOf), dialog.hint])];
  }
  const worker = selectedWorker(state);
  return [
    ...(notice ? [section('', [notice.text])] : []),
    ...(snapshot?.trouble ? [section('', [snapshot.trouble.message])] : []),
    ...(snapshot?.isConfigInvalid
      ? [
          section('', [
            'config.yaml is invalid: the last valid one is in force. Run agentpool config validate',
          ]),
        ]
      : []),
    ...(snapshot?.watcher === 'stopped' ? [section('', ['No watcher runs: press W to start one.'])] : []),
    workersSection(state),
    ...(worker ? [detailSection(state, worker)] : []),
    section(
      'Subscriptions',
      (snapshot?.subscriptions ?? []).flatMap((each) => limitTexts(each, state)),
    ),
    section('Keys', [
      state.keys
        .filter(({ why, isHidden }) => why === null && !isHidden)
        .map(({ key, label }) => `${key} ${label}`)
        .join(', '),
    ]),
  ].filter(({ items }) => items.length > 0);
}

const section = (heading: string, texts: readonly string[]): LinearSection => ({
  heading: clean(heading),
  items: texts.flatMap((text) => {
    const shown = clean(text).trim();
    return shown === '' ? [] : [{ text: shown, isSelected: false }];
  }),
});

function workersSection(state: State): LinearSection {
  const workers = shownWorkers(state);
  const filter = state.filter === '' ? '' : `, filtered by ${state.filter}`;
  if (workers.length === 0) return section(`Workers${filter}`, ['None. Press n to start one.']);
  return {
    heading: clean(`Workers${filter}`),
    items: workers.map((worker) => ({
      text: clean(workerText(worker, state)),
      isSelected: worker.session.id === state.selected,
    })),
  };
}

function workerText(worker: ListedWorker, { now }: State): string {
  const { session, since, trouble } = worker;
  const word = STATE_WORDS[session.state] ?? session.state;
  const isWaiting = session.state === 'PARKED' || session.state === 'QUEUED';
  const when = isWaiting ? whenOf(worker, now) : `since ${clockOf(since).slice(0, 5)}`;
  const name = loginName(session.provider_id, session.account);
  return `${word} ${when}: ${name}, ${taskOf(worker)}${trouble === null ? '' : `. ${trouble}`}`;
}

function detailSection(state: State, worker: ListedWorker): LinearSection {
  const { tab, detail } = state;
  const words = tab === 'screen' && detail?.id === worker.session.id ? detail.words : null;
  const asked = askLines(words, ANY_WIDTH).map(textOf);
  const { count, lines, fromEnd } = tabText(tab, worker, detail, ANY_WIDTH, state.now);
  const rows = lines(0, count)
    .map(textOf)
    .filter((text) => text.trim() !== '');
  const shown = fromEnd ? rows.slice(-SCREEN_ROWS) : rows.slice(0, 10 * SCREEN_ROWS);
  return section(`${worker.session.task}, ${tab}`, asked.length > 0 ? asked : shown);
}

function limitTexts(subscription: Subscription, { now, snapshot }: State): string[] {
  const { row } = subscription;
  const name = titleOf(subscription);
  if (isSignedOut(subscription)) return [`${name}: not signed in`];
  const windows = planWindows(row.windows);
  if (windows.length === 0) return [`${name}: ${row.unlimited ? 'no limits' : 'limits not known'}`];
  return windows.map((window) => {
    const left = leftOf(window);
    const used = left === null ? 'not known' : `${Math.round(100 - left)} percent used`;
    const { word, end } = answerOf(window, snapshot?.least ?? 0, now);
    return [`${name}, ${labelOf(window)}: ${used}`, word, end === '' ? '' : `resets ${end}`]
      .filter(Boolean)
      .join(', ');
  });
}
