import { run } from '../converse.ts';
import { answer, failure, type Reading, type UsageSource, usageWindow } from '../reading.ts';
import type { UsageWindow } from '../sample.ts';
import { number, parseJson, percent, record, text } from '../values.ts';
import { instantInZone } from '../zoned.ts';
import { CLAUDE_ENV } from './claude-get-usage.ts';

/**
 * `claude -p /usage`: the local command that the TUI has too, as text (real binary, 2.1.330). For versions that
 * do not know get_usage. A version that takes it for a prompt says num_turns > 0: its answer is not used.
 */
export const claudeUsageText: UsageSource = {
  id: 'claude-usage-text',
  provider: 'claude-code',
  reach: 'network',
  confidence: 'local_cli',
  deadline_ms: 20_000,
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

const LINE =
  /^\W*Current (session|week)(?: \(([^)]*)\))?:?\s*([\d.]{1,8})\s?% used(?:\s*·?\s*resets ([^\n(]{1,40}?)\s*\(([\w/+-]{1,40})\))?/i;

/** `Current week (Sonnet only): 2% used · resets Nov 26, 1:30pm (UTC)`, as text or read from a screen. */
export function parseClaudeUsageScreen(screen: string, now: Date): Reading {
  const windows = screen
    .slice(0, 200_000)
    .split('\n')
    .flatMap((line) => windowOf(line, now));
  if (windows.length === 0) return failure('unreadable', 'no limits stand in the text of /usage');
  return answer({ windows });
}

function windowOf(line: string, now: Date): UsageWindow[] {
  const match = LINE.exec(line.slice(0, 300));
  const used = percent(match?.[3]);
  if (!match || used === null) return [];
  const scope =
    match[2] === undefined || /^all models$/i.test(match[2]) ? null : match[2].replace(/ only$/i, '');
  const kind = match[1]?.toLowerCase() === 'session' ? '5h' : 'weekly';
  const resets = match[4] === undefined ? null : instantInZone(match[4], match[5] ?? 'UTC', now);
  return [usageWindow({ kind, scope, used, resets, confidence: 'local_cli' })];
}
