import { run } from '../../contract/limits/converse.ts';
import {
  answer,
  failure,
  type Reading,
  type UsageSource,
  usageWindow,
} from '../../contract/limits/reading.ts';
import type { UsageWindow } from '../../contract/limits/sample.ts';
import { number, parseJson, percent, record, text } from '../../contract/limits/values.ts';
import { instantInZone } from '../../contract/limits/zoned.ts';
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
  const result = record(parseJson(printed));
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
const RESETS = /\bresets ([^\n(]{1,40}?)\s*\(([\w/+-]{1,40})\)/i;
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
  if (windows.length === 0) return failure('unreadable', 'the text of /usage shows no limits');
  return answer({ windows });
}

function windowOf([, what, which]: RegExpExecArray, block: string, now: Date): UsageWindow[] {
  const used = percent(USED.exec(block)?.[1]);
  if (used === null) return [];
  const scope = which === undefined || /^all models$/i.test(which) ? null : which.replace(/ only$/i, '');
  const kind = what?.toLowerCase() === 'session' ? '5h' : 'weekly';
  const [, words, zone] = RESETS.exec(block) ?? [];
  const resets = words === undefined ? null : instantInZone(words, zone ?? 'UTC', now);
  return [usageWindow({ kind, scope, used, resets, confidence: 'local_cli' })];
}
