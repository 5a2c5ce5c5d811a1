import { isSpent, planWindows } from '../../../agents/contract/limits/sample.ts';
import { span } from '../../../lib/time/duration.ts';
import type { CapacityRow, CapacityWindow } from '../../../usage/capacity/capacity.ts';
import { moment } from '../../../usage/capacity/window-words.ts';

interface Reader {
  now: Date;
  timeZone?: string | undefined;
}

/** Why a provider cannot be used, and when it is back: `5-hour limit reached, back at 14:30 (in 28 min)`. */
export function whyNotNow(row: CapacityRow, reader: Reader): string {
  const why = reasonOf(row);
  const { next_available_at: back } = row;
  if (back !== null) return `${why}, back ${atMoment(back, reader)} (in ${untilMoment(back, reader)})`;
  return isEndless(row) ? `${why}, its end is not known` : why;
}

const atMoment = (at: string, { now, timeZone }: Reader): string => {
  const said = moment(at, now, timeZone);
  return /^\d/.test(said) && said.includes(':') ? `at ${said}` : said;
};

export const untilMoment = (at: string, { now }: Reader): string =>
  span(Math.max(0, Date.parse(at) - now.getTime()));

/** A reached limit, or a refusal by the provider, that names no moment. */
const isEndless = ({ unusable_reason: reason, blocked }: CapacityRow): boolean =>
  reason === 'limit_reached' || (blocked !== null && reason === blocked.reason);

const WORDS: Record<string, string> = {
  policy_denied: 'denied by your policy',
  policy_not_allowed: 'not among the providers that your policy allows',
  auth_unauthenticated: 'signed out',
  auth_unavailable: 'its sign-in cannot be used',
  overage_possible: 'the plan is used up, and more is billed',
  near_limit: 'near its limit',
};

function reasonOf(row: CapacityRow): string {
  const reason = row.unusable_reason ?? '';
  if (reason === 'limit_reached') return reachedWords(row);
  if (reason === 'usage_unknown') return unknownWords(row);
  if (reason === 'usage_stale') return `checked ${span(row.age_seconds * 1000)} ago, which is too old`;
  const low = row.windows.find(({ name }) => reason.startsWith(`${name}_below_`));
  if (low) return `${limitName(low)} below ${/_below_(.*)_percent$/.exec(reason)?.[1]} %`;
  if (reason.startsWith('confidence_'))
    return `its figures are only ${reason.slice('confidence_'.length).replaceAll('_', ' ')}`;
  return WORDS[reason] ?? reason.replaceAll('_', ' ');
}

/** The limit that resets last is the one to wait for. */
function reachedWords({ windows }: CapacityRow): string {
  const spent = planWindows(windows).filter(isSpent);
  const last = spent.toSorted((a, b) => ((a.reset_at ?? '9') < (b.reset_at ?? '9') ? -1 : 1)).at(-1);
  return last ? `${limitName(last)} reached` : 'limit reached';
}

/** Why nothing is known. A source that was tried and failed says more than one that is not there. */
function unknownWords({ tried, warnings }: CapacityRow): string {
  const why = warnings[0] ?? tried.find(({ reason }) => reason !== null)?.reason;
  return why === undefined ? 'limits not known' : `limits not known: ${why}`;
}

const LIMITS: Record<string, string> = { '5h': '5-hour limit', on_demand: 'budget', unknown: 'limit' };

/** `5-hour limit`, `weekly limit`, `chat limit`. */
const limitName = ({ kind, scope }: CapacityWindow): string =>
  scope !== null && kind !== 'on_demand' ? `${scope} limit` : (LIMITS[kind] ?? `${kind} limit`);

/** What a provider says that is usable and has no figures. Only an answer that says so is one without limits. */
export function withoutFigures({ unlimited, warnings, status, blocked }: CapacityRow): string {
  if (blocked || status === 'limit_reached') return 'limit reached';
  if (unlimited) return 'unlimited';
  return warnings[0] ?? 'no figures';
}
