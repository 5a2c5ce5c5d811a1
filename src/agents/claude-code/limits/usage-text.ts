import { findReset } from '../../../lib/time/reset-words/index.ts';
import { SYSTEM_ZONE } from '../../../lib/time/zones.ts';
import { run } from '../../contract/limits/converse.ts';
import { failedRequest } from '../../contract/limits/http.ts';
import { limitIn } from '../../contract/limits/limit-words.ts';
import {
  answer,
  type Failure,
  failure,
  type Reading,
  type UsageSource,
  usageWindow,
} from '../../contract/limits/reading.ts';
import type { UsageWindow } from '../../contract/limits/sample.ts';
import { number, percent, printedJson, text } from '../../contract/limits/values.ts';
import { isWebPage } from '../../contract/limits/web-page.ts';
import { claudeAccount } from './account.ts';
import { CLAUDE_ENV, THROUGH_CLAUDE } from './program.ts';

/**
 * `claude -p /usage`: the local command that the TUI has too, as text (real binary, 2.1.330). For versions that
 * do not know get_usage. A version that takes it for a prompt says num_turns > 0: its answer is not used.
 */
export const claudeUsageText: UsageSource = {
  id: 'claude-usage-text',
  ...THROUGH_CLAUDE,
  account: claudeAccount,
  async read(context) {
    if (context.agent === null) return failure('not_found', 'claude is not installed');
    const args = ['-p', '/usage', '--output-format', 'json', '--no-session-persistence'];
    const ran = await run(context, { program: context.agent, args, env: CLAUDE_ENV });
    if (ran.timed_out) return failure('timed_out', 'no answer before the deadline');
    const reading = parseClaudeUsageText(ran.stdout, context.now());
    // Words of a refusal may be all there is, on the other stream.
    return reading.answered || ran.stderr.trim() === ''
      ? reading
      : (reachedIn(lines(ran.stderr), context.now()) ?? reading);
  },
};

export function parseClaudeUsageText(printed: string, now: Date): Reading {
  const result = printedJson(printed);
  const words = text(result?.result);
  // A Claude whose plan is used up may say so in a line of words, whatever it was asked to print.
  if (!result || words === null) return reachedIn(lines(printed), now) ?? unread(printed);
  const isRefused = result.is_error === true;
  if ((number(result.num_turns) ?? 0) > 0 && !isRefused)
    return failure('unsupported', 'this Claude has no /usage command here');
  if (/please run \/login|not logged in|invalid api key/i.test(words))
    return failure('signed_out', 'Claude is signed out: claude auth login');
  if (isRefused) return reachedIn(lines(words), now) ?? failedRequest(words, 'claude', now);
  return parseClaudeUsageScreen(words, now);
}

const unread = (printed: string): Failure =>
  isWebPage(printed) ? failedRequest(printed, 'claude') : failure('unreadable', 'claude printed no usage');

const lines = (words: string): string[] =>
  words
    .slice(0, 200_000)
    .split('\n')
    .map((line) => line.slice(0, 300));

const LABEL = /^\W*Current (session|week)(?: \(([^)]*)\))?/i;
const USED = /([\d.]{1,8})\s?% used/i;
/** The clocks of two machines differ by this. */
const JUST_PASSED_MS = 10 * 60_000;
const DAY = 24 * 3_600_000;
const FIVE_HOURS = 5 * 3_600_000;
const WEEK = 7 * 24 * 3_600_000;
/** The TUI draws a limit on three lines: its label, a bar with the percentage, the reset. */
const ROWS = 3;

/** `Current week (Sonnet only): 2% used · resets Nov 26, 1:30pm (UTC)`, on one line or as the TUI draws it. */
export function parseClaudeUsageScreen(screen: string, now: Date): Reading {
  const rows = lines(screen);
  const windows = rows.flatMap((line, index) => {
    const label = LABEL.exec(line);
    if (!label) return [];
    const below = rows.slice(index + 1, index + ROWS);
    const next = below.findIndex((other) => LABEL.test(other));
    return windowOf(label, [line, ...(next < 0 ? below : below.slice(0, next))].join('\n'), now);
  });
  if (windows.length > 0) return answer({ windows });
  return reachedIn(rows, now) ?? failure('unreadable', 'the text of /usage shows no limits');
}

/** What an older Claude says instead of its figures once they are used up. */
const REACHED =
  /^\W*(?:(?:sorry|error|api error)\W{1,3})?(?:you(?:.ve| have|.re| are) (?:now )?(?:hit|reached|exceeded|used|out of|over)\b[^.]{0,60}\b(?:limit|quota|usage|credits?)|(?:claude |your )?(?:[\w-]+ ){0,4}(?:limit|quota|usage|credits?)(?: (?:is|was|has been|are|have been))? (?:reached|exceeded|exhausted|used up|depleted))\b/i;

/** `You've hit your limit · resets 4:40pm (Asia/Tokyo)`, `Claude AI usage limit reached|1795406400`; null if none says so. */
function reachedIn(rows: readonly string[], now: Date): Reading | null {
  const at = rows.findIndex((line) => REACHED.test(line));
  if (at < 0) return null;
  const row = rows[at] ?? '';
  const { kind, minutes } = limitIn(row);
  const model = /\b(opus|sonnet|haiku|fable)\b[^.]{0,20}\blimit\b/i.exec(row)?.[1];
  const scope = model === undefined ? null : `${model[0]?.toUpperCase()}${model.slice(1).toLowerCase()}`;
  const epoch = /\|\s*(\d{10,13})\b/.exec(row)?.[1];
  const words = rows.slice(at, at + 2).join('\n');
  const window = usageWindow({
    kind: scope !== null && kind === 'unknown' ? 'weekly' : kind,
    scope,
    ...(scope === null ? {} : { models: [scope] }),
    used: 100,
    resets: epoch ?? resetAhead(words, now, minutes === null ? null : minutes * 60_000),
    confidence: 'local_cli',
  });
  return answer({ windows: [window], reached: scope === null });
}

/**
 * The reset that words name, in milliseconds. What Claude says now is of a window that still runs: a time that its
 * length would put long before now is the next of that name.
 */
function resetAhead(words: string, now: Date, windowMs: number | null): number | null {
  const about = { now, zone: SYSTEM_ZONE };
  const at = findReset(words, { ...about, windowMs })?.at ?? null;
  if (at === null || at > now.getTime() - JUST_PASSED_MS) return at;
  const next = findReset(words, about)?.at ?? null;
  if (next !== null && next > now.getTime()) return next;
  const tomorrow = at + DAY;
  return tomorrow > now.getTime() && !/\b(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)/i.test(words)
    ? tomorrow
    : at;
}

function windowOf([, what, which]: RegExpExecArray, block: string, now: Date): UsageWindow[] {
  const used = percent(USED.exec(block)?.[1]);
  if (used === null) return [];
  const scope = which === undefined || /^all models$/i.test(which) ? null : which.replace(/ only$/i, '');
  const kind = what?.toLowerCase() === 'session' ? '5h' : 'weekly';
  const resets = resetAhead(block, now, kind === '5h' ? FIVE_HOURS : WEEK);
  const models = scope === null ? undefined : [scope];
  return [usageWindow({ kind, scope, models, used, resets, confidence: 'local_cli' })];
}
