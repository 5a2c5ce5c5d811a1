import { findReset } from '../../../lib/time/reset-words/index.ts';
import { SYSTEM_ZONE } from '../../../lib/time/zones.ts';
import { run } from '../../contract/limits/converse.ts';
import { limitIn } from '../../contract/limits/limit-words.ts';
import {
  answer,
  failure,
  type Reading,
  type UsageSource,
  usageWindow,
} from '../../contract/limits/reading.ts';
import type { UsageWindow } from '../../contract/limits/sample.ts';
import { number, percent, printedJson, text } from '../../contract/limits/values.ts';
import { CLAUDE_ENV, THROUGH_CLAUDE } from './program.ts';

/**
 * `claude -p /usage`: the local command that the TUI has too, as text (real binary, 2.1.330). For versions that
 * do not know get_usage. A version that takes it for a prompt says num_turns > 0: its answer is not used.
 */
export const claudeUsageText: UsageSource = {
  id: 'claude-usage-text',
  ...THROUGH_CLAUDE,
  async read(context) {
    if (context.agent === null) return failure('not_found', 'claude is not installed');
    const args = ['-p', '/usage', '--output-format', 'json', '--no-session-persistence'];
    const ran = await run(context, { program: context.agent, args, env: CLAUDE_ENV });
    if (ran.timed_out) return failure('timed_out', 'no answer before the deadline');
    return parseClaudeUsageText(ran.stdout, context.now());
  },
};

export function parseClaudeUsageText(printed: string, now: Date): Reading {
  const result = printedJson(printed);
  const words = text(result?.result);
  if (!result || words === null) return failure('unreadable', 'claude printed no usage');
  if ((number(result.num_turns) ?? 0) > 0)
    return failure('unsupported', 'this Claude has no /usage command here');
  if (/please run \/login|not logged in|invalid api key/i.test(words))
    return failure('signed_out', 'Claude is signed out: claude auth login');
  return parseClaudeUsageScreen(words, now);
}

const LABEL = /^\W*Current (session|week)(?: \(([^)]*)\))?/i;
const USED = /([\d.]{1,8})\s?% used/i;
const FIVE_HOURS = 5 * 3_600_000;
const WEEK = 7 * 24 * 3_600_000;
/** The TUI draws a limit on three lines: its label, a bar with the percentage, the reset. */
const ROWS = 3;

/** `Current week (Sonnet only): 2% used · resets Nov 26, 1:30pm (UTC)`, on one line or as the TUI draws it. */
export function parseClaudeUsageScreen(screen: string, now: Date): Reading {
  const lines = screen
    .slice(0, 200_000)
    .split('\n')
    .map((line) => line.slice(0, 300));
  const windows = lines.flatMap((line, index) => {
    const label = LABEL.exec(line);
    if (!label) return [];
    const below = lines.slice(index + 1, index + ROWS);
    const next = below.findIndex((other) => LABEL.test(other));
    return windowOf(label, [line, ...(next < 0 ? below : below.slice(0, next))].join('\n'), now);
  });
  return windows.length === 0 ? reachedIn(lines, now) : answer({ windows });
}

/** What an older Claude says instead of its figures once they are used up. */
const REACHED =
  /^\W*(?:you(?:.ve| have) (?:hit|reached|used) (?:up )?your (?:[\w-]+ ){0,4}limit|claude (?:\w+ )?usage limit reached|(?:[\w-]+ ){0,2}limit reached)\b/i;

/** `You've hit your limit · resets 4:40pm (Asia/Tokyo)`. */
function reachedIn(lines: readonly string[], now: Date): Reading {
  const at = lines.findIndex((line) => REACHED.test(line));
  if (at < 0) return failure('unreadable', 'the text of /usage shows no limits');
  const words = lines.slice(at, at + 2).join('\n');
  const { kind, minutes } = limitIn(lines[at] ?? '');
  const windowMs = minutes === null ? null : minutes * 60_000;
  const resets = findReset(words, { now, zone: SYSTEM_ZONE, windowMs })?.at ?? null;
  const window = usageWindow({ kind, used: 100, resets, confidence: 'local_cli' });
  return answer({ windows: [window], reached: true });
}

function windowOf([, what, which]: RegExpExecArray, block: string, now: Date): UsageWindow[] {
  const used = percent(USED.exec(block)?.[1]);
  if (used === null) return [];
  const scope = which === undefined || /^all models$/i.test(which) ? null : which.replace(/ only$/i, '');
  const kind = what?.toLowerCase() === 'session' ? '5h' : 'weekly';
  const windowMs = kind === '5h' ? FIVE_HOURS : WEEK;
  const resets = findReset(block, { now, zone: SYSTEM_ZONE, windowMs })?.at ?? null;
  return [usageWindow({ kind, scope, used, resets, confidence: 'local_cli' })];
}
