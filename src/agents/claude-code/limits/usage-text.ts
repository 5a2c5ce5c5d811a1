import { run } from '../../contract/limits/converse.ts';
import { failedRequest } from '../../contract/limits/http.ts';
import {
  answer,
  failure,
  type UsageFailure,
  type UsageReading,
  type UsageSource,
  usageWindow,
} from '../../contract/limits/reading.ts';
import type { UsageWindow } from '../../contract/limits/sample.ts';
import { resetAhead, usedUpWindow } from '../../contract/limits/used-up-words.ts';
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

export function parseClaudeUsageText(printed: string, now: Date): UsageReading {
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

const unread = (printed: string): UsageFailure =>
  isWebPage(printed) ? failedRequest(printed, 'claude') : failure('unreadable', 'claude printed no usage');

const lines = (words: string): string[] =>
  words
    .slice(0, 200_000)
    .split('\n')
    .map((line) => line.slice(0, 300));

const LABEL = /^\W*Current (session|week)(?: \(([^)]*)\))?/i;
const USED = /([\d.]{1,8})\s?% used/i;
const FIVE_HOURS = 5 * 3_600_000;
const WEEK = 7 * 24 * 3_600_000;
/** The TUI draws a limit on three lines: its label, a bar with the percentage, the reset. */
const ROWS = 3;

/** `Current week (Sonnet only): 2% used · resets Nov 26, 1:30pm (UTC)`, on one line or as the TUI draws it. */
export function parseClaudeUsageScreen(screen: string, now: Date): UsageReading {
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

/** A limit of one model in a line of words: `Opus limit reached`, `limit reached for Opus`. */
const OF_MODEL =
  /\b(opus|sonnet|haiku|fable)\b[^.]{0,20}\blimit\b|\blimit (?:reached |exceeded )?for (?:claude )?(opus|sonnet|haiku|fable)\b/i;

/** What an older Claude says instead of its figures once they are used up; null if no row says so. */
function reachedIn(rows: readonly string[], now: Date): UsageReading | null {
  const window = usedUpWindow(rows, { now, confidence: 'local_cli', models: OF_MODEL });
  return window && answer({ windows: [window], reached: window.scope === null });
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
