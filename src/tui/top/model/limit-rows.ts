import {
  isSpent,
  leftOf,
  modelsOf,
  planWindows,
  usedOf,
  windowsInOrder,
} from '../../../agents/contract/limits/sample.ts';
import { span as lasting } from '../../../lib/time/duration.ts';
import { usedBar } from '../../../report/views/limits/limit-bar.ts';
import type { CapacityWindow } from '../../../usage/capacity/capacity.ts';
import { paceOf, timeShare } from '../../../usage/capacity/pace.ts';
import { moment, roughly } from '../../../usage/capacity/window-words.ts';
import { cell, cellEnd, fit, type Line, line, type Style, span, spread, type Tone } from '../text/line.ts';
import type { Subscription } from './snapshot.ts';

/** What is fixed for the rows of one panel. */
interface Look {
  width: number;
  now: Date;
  least: number;
}

const LABELS: Readonly<Record<string, string>> = {
  '5h': '5 h',
  daily: 'day',
  weekly: 'week',
  monthly: 'month',
};

/** `5 h`, `week`, or the name of the model. */
export function labelOf({ kind, scope, window_minutes: minutes }: CapacityWindow): string {
  const long = LABELS[kind] ?? (minutes === null ? 'limit' : lasting(minutes * 60_000));
  if (scope !== null) return scope.split(/[ -]/).at(-1) ?? scope;
  return kind === 'on_demand' ? 'budget' : long;
}

interface NamedLook extends Look {
  nameWidth: number;
}

interface Said {
  word: string;
  tone: Tone;
  /** When it is back, or resets. */
  end: string;
}

/** The answer of a window in a word, and when it changes. */
export function answerOf(window: CapacityWindow, least: number, now: Date): Said {
  const left = leftOf(window);
  const at = window.reset_at === null ? '' : moment(window.reset_at, now, undefined);
  if (window.expired) return { word: 'has reset', tone: 'quiet', end: at };
  if (left === null) return { word: 'not known', tone: 'quiet', end: at };
  const isOut = isSpent(window) || left < least;
  if (isOut) return { word: at === '' ? 'used up' : `back ${at}`, tone: 'bad', end: '' };
  const pace = paceOf(window, now);
  const tone: Tone = left < 10 ? 'warn' : 'good';
  if (!pace) return { word: '', tone, end: at };
  if (pace.word === 'gone') return { word: `gone ${shortly(pace.at, now)}`, tone: 'warn', end: at };
  return { word: pace.word, tone: pace.word === 'close' ? 'warn' : tone, end: at };
}

/** `21:10` today, `Mon 11 h` within a week. */
const shortly = (at: string, now: Date): string =>
  roughly(at, now, undefined).replace(/^(\w{3}) about (\d\d)$/, (_, day, hour) => `${day} ${Number(hour)} h`);

/**
 * A bar over the whole window: what is used is filled, and a hairline marks where time is. Fill beyond it means faster
 * than time.
 */
export function barOf(window: CapacityWindow, width: number, tone: Tone, now: Date): Line {
  const used = usedOf(window);
  if (used === null) return [span('·'.repeat(width), { fg: 'empty' })];
  const parts = usedBar(used, width, timeShare(window, now)).match(/█+|░+|│/g) ?? [];
  return parts.map((part) => span(part, BAR_STYLES[part.charAt(0)] ?? { fg: tone }));
}

/** Of what is not used, and of the hairline. */
const BAR_STYLES: Readonly<Record<string, Style>> = {
  '░': { fg: 'empty' },
  '│': { fg: 'mark', bold: true },
};

/** The window that says most: the one with the least left. */
function tightest(subscription: Subscription): CapacityWindow | undefined {
  const plan = planWindows(subscription.row.windows);
  return plan.toSorted((one, other) => (leftOf(one) ?? 101) - (leftOf(other) ?? 101))[0];
}

export const isSignedOut = ({ row }: Pick<Subscription, 'row'>): boolean =>
  row.auth_status === 'unauthenticated' || row.status === 'unauthenticated';

/** What a subscription without figures says; at the end, what to type, or when it is back. */
function withoutWindows(subscription: Subscription, now: Date): Said {
  const { row, target, key } = subscription;
  if (isSignedOut(subscription)) return { word: 'not signed in', tone: 'warn', end: signIn(key, target) };
  if (row.unlimited) return { word: 'no limits', tone: 'good', end: '' };
  if (row.blocked || row.status === 'limit_reached') {
    const back = row.next_available_at;
    return {
      word: 'limit reached',
      tone: 'bad',
      end: back === null ? '' : `back ${moment(back, now, undefined)}`,
    };
  }
  return { word: 'limits not known', tone: 'quiet', end: '' };
}

const signIn = (key: string, target: string): string =>
  key.includes('@') ? `agentpool accounts login ${key}` : `agentpool setup ${target}`;

/** The columns of the longest name, within bounds. */
function nameWidthOf(names: readonly string[], width: number): number {
  const longest = Math.max(9, ...names.map((name) => span(name).width));
  return Math.min(longest, width >= 74 ? 18 : 12);
}

/** The rows of the narrow layout: the name of the agent is before its first limit, the account before its own. */
export function flatRows(
  subscriptions: readonly Subscription[],
  width: number,
  now: Date,
  least: number,
): Line[] {
  const names = subscriptions.map((each, index) => {
    const isSame = index > 0 && subscriptions[index - 1]?.name === each.name;
    return isSame && each.account !== null ? `  @${each.account}` : titleOf(each);
  });
  const look = { width, now, least, nameWidth: nameWidthOf(names, width) };
  return subscriptions.flatMap((each, index) => {
    const windows = windowsInOrder(each.row.windows);
    const name = names[index] ?? '';
    if (windows.length === 0) return [bareRow(each, name, look)];
    return windows.map((window, at) => windowRow(window, at === 0 ? name : '', look));
  });
}

/** One row for each subscription: its tightest limit. */
export function shortRows(
  subscriptions: readonly Subscription[],
  width: number,
  now: Date,
  least: number,
): Line[] {
  const look = { width, now, least, nameWidth: nameWidthOf(subscriptions.map(titleOf), width) };
  return subscriptions.map((each) => {
    const window = tightest(each);
    return window ? windowRow(window, titleOf(each), look) : bareRow(each, titleOf(each), look);
  });
}

/** `Claude Code @work`. */
export const titleOf = ({ name, account }: Subscription): string =>
  account === null ? name : `${name} @${account}`;

function windowRow(window: CapacityWindow, name: string, look: NamedLook): Line {
  const { nameWidth } = look;
  const rest = limitRow(window, { ...look, width: look.width - nameWidth - 1 }, true);
  return fit([span(' '), ...cell(name, nameWidth, { bold: true }), ...rest], look.width);
}

function bareRow(subscription: Subscription, name: string, { width, now, nameWidth }: NamedLook): Line {
  const { word, tone, end } = withoutWindows(subscription, now);
  const start = line(' ', ...cell(name, nameWidth, { bold: true }), span(` ${word}`, { fg: tone }));
  return spread(start, end === '' ? [] : line(span(` ${end} `, { fg: 'quiet' })), width);
}

/** `  5 h ████░░│░░  41 %  lasts   resets 16:40` */
function limitRow(window: CapacityWindow, look: Look, says: boolean): Line {
  const { width, now, least } = look;
  const said = answerOf(window, least, now);
  const label = 6;
  const percent = 6;
  const isRoomy = width >= 58;
  const end = width < 48 ? 0 : says && width >= 60 ? 17 : 10;
  const word = isRoomy ? 18 : 14;
  const bar = Math.max(0, Math.min(width - label - percent - word - end - 3, 40));
  const used = usedOf(window);
  const resets =
    said.end === '' ? '' : says && end >= 17 && said.end.length <= 9 ? `resets ${said.end}` : said.end;
  return [
    ...cellEnd(labelOf(window), label - 1, { fg: modelsOf(window).length > 0 ? 'info' : 'quiet' }),
    span(' '),
    ...(bar > 2 ? barOf(window, bar, said.tone, now) : []),
    ...cellEnd(used === null ? '' : `${Math.round(used)} %`, percent),
    span('  '),
    ...cell(said.word === '' && !isRoomy ? said.end : said.word, word - 1, { fg: said.tone }),
    span(' '),
    ...(end > 0 ? cell(resets, end, { fg: 'quiet' }) : []),
  ];
}

/** The blocks of the wide layout: a line with the agent and its plan, then a row for each limit. */
export function blockRows(
  subscriptions: readonly Subscription[],
  width: number,
  now: Date,
  least: number,
): Line[] {
  const look = { width, now, least };
  return subscriptions.flatMap((each) => {
    const windows = windowsInOrder(each.row.windows);
    const { plan } = each.row;
    const head = line(
      span(` ${titleOf(each)}`, { bold: true }),
      ...(plan === null ? [] : [span(`  ${plan}`, { fg: 'quiet' })]),
    );
    const failed = each.row.refresh_failed;
    if (windows.length > 0) {
      const note: Line = failed === null ? staleNote(each) : [span('refresh failed ', { fg: 'warn' })];
      return [
        spread(head, note, width),
        ...windows.map((window) =>
          fit([span(' '), ...limitRow(window, { ...look, width: width - 1 }, false)], width),
        ),
      ];
    }
    const { word, tone, end } = withoutWindows(each, now);
    return [
      spread(
        [...head, span(`  ${word}`, { fg: tone })],
        end === '' ? [] : [span(`${end} `, { fg: 'quiet' })],
        width,
      ),
    ];
  });
}

const staleNote = ({ row }: Subscription): Line =>
  row.stale ? [span(`${lasting(row.age_seconds * 1000)} old `, { fg: 'quiet' })] : [];
