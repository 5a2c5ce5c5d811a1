import { shortName } from '../../../config/provider-ids.ts';
import { span as lasting } from '../../../lib/time/duration.ts';
import { moment } from '../../../usage/capacity/window-words.ts';
import { cell, cellEnd, fit, type Line, restyled, span, type Tone } from '../text/line.ts';
import type { ListedWorker } from './snapshot.ts';
import { STATE_WORDS } from './state.ts';

/** The glyph says the state without a colour. */
const GLYPHS: Readonly<Record<string, readonly [glyph: string, tone: Tone]>> = {
  QUEUED: ['…', 'quiet'],
  STARTING: ['◌', 'info'],
  READY: ['○', 'info'],
  RUNNING: ['●', 'info'],
  AWAITING_USER_INPUT: ['?', 'warn'],
  AWAITING_APPROVAL: ['!', 'warn'],
  IDLE: ['○', 'quiet'],
  PARKED: ['‖', 'parked'],
  COMPLETED: ['✓', 'good'],
  FAILED: ['✗', 'bad'],
  CANCELLED: ['–', 'quiet'],
  LOST: ['✗', 'warn'],
  UNKNOWN: ['·', 'quiet'],
};

export const glyphOf = (state: string): readonly [glyph: string, tone: Tone] =>
  GLYPHS[state] ?? ['·', 'quiet'];

/** `codex`, `claude@work`. */
export function loginName(provider: string, account: string | null): string {
  const short = shortName(provider);
  return account === null ? short : `${short}@${account}`;
}

/** Its task; of a worker of another machine behind the name of that. */
export const taskOf = ({ session, machine }: ListedWorker): string =>
  machine === null ? session.task : `${machine}: ${session.task}`;

/** How long it has been in its state, or what it waits for. */
export function whenOf({ session, since, parked, place }: ListedWorker, now: Date): string {
  if (session.state === 'QUEUED') return place === null ? '' : ordinal(place);
  if (session.state === 'PARKED') return parked?.until ? `→ ${moment(parked.until, now, undefined)}` : '→ ?';
  return ageOf(since, now);
}

/** In whole minutes from a minute on, so that it changes no more often than that. */
export function ageOf(since: string, now: Date): string {
  const ms = Math.max(0, now.getTime() - Date.parse(since));
  return ms < 60_000 ? '< 1 min' : lasting(Math.max(90_000, Math.floor(ms / 60_000) * 60_000));
}

function ordinal(place: number): string {
  const teen = place % 100 > 10 && place % 100 < 14;
  const ending = teen ? 'th' : (['th', 'st', 'nd', 'rd'][place % 10] ?? 'th');
  return `${place}${ending}`;
}

/** `412 k`, `1.2 M`. */
export function tokensInWords(tokens: number | null): string {
  if (tokens === null || tokens === 0) return '';
  if (tokens < 1000) return String(tokens);
  if (tokens < 999_500) return `${Math.round(tokens / 1000)} k`;
  return `${(tokens / 1_000_000).toFixed(tokens < 9_950_000 ? 1 : 0)} M`;
}

interface RowColumns {
  provider: number;
  task: number;
  state: number;
  tokens: number;
  when: number;
}

const LEAD = 3;
const WHEN = 8;

function columnsFor(width: number, workers: readonly ListedWorker[]): RowColumns {
  const longest = Math.max(
    6,
    ...workers.map(({ session }) => loginName(session.provider_id, session.account).length),
  );
  const provider = Math.min(longest, width >= 90 ? 18 : width >= 60 ? 14 : 11) + 1;
  const state = 10;
  const hasTokens = width >= 74 && workers.some(({ tokens }) => tokensInWords(tokens) !== '');
  const tokens = hasTokens ? 8 : 0;
  return { provider, state, tokens, when: WHEN, task: width - LEAD - provider - state - tokens - WHEN };
}

/** The rows of the list; what is selected is marked by a sign and by its background. */
export function workerLines(
  workers: readonly ListedWorker[],
  width: number,
  selected: string | null,
  now: Date,
): Line[] {
  const columns = columnsFor(width, workers);
  return workers.map((worker) => {
    const row = workerLine(worker, columns, worker.session.id === selected, now);
    return fit(row, width);
  });
}

function workerLine(worker: ListedWorker, columns: RowColumns, isSelected: boolean, now: Date): Line {
  const { session, trouble, tokens } = worker;
  const [glyph, tone] = glyphOf(session.state);
  const isOver = session.alive === 0 && session.state !== 'QUEUED' && session.state !== 'LOST';
  const words =
    trouble !== null && session.alive === 1 ? 'not seen' : (STATE_WORDS[session.state] ?? session.state);
  const row: Line = [
    span(isSelected ? '▸' : ' ', { fg: 'key', bold: true }),
    span(`${glyph} `, { fg: tone, bold: true }),
    ...cell(loginName(session.provider_id, session.account), columns.provider, isOver ? { fg: 'quiet' } : {}),
    ...cell(taskOf(worker), Math.max(1, columns.task - 1), isOver ? { fg: 'quiet' } : {}),
    span(' '),
    ...cell(words, columns.state, { fg: trouble === null ? tone : 'bad' }),
    ...(columns.tokens > 0
      ? [...cellEnd(tokensInWords(tokens), columns.tokens - 1, { fg: 'quiet' }), span(' ')]
      : []),
    ...cellEnd(whenOf(worker, now), columns.when, { fg: 'quiet' }),
  ];
  return isSelected ? restyled(row, { bg: 'selected', bold: true }) : row;
}
