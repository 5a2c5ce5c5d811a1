import { run } from '../../agents/contract/limits/converse.ts';
import {
  answer,
  failure,
  kindOfMinutes,
  NO_LIMITS,
  type Reading,
  type UsageSource,
  usageWindow,
} from '../../agents/contract/limits/reading.ts';
import { list, number, parseJson, percent, record, text } from '../../agents/contract/limits/values.ts';

/** How CodexBar calls our providers, and through what it may ask: never through a browser's cookies. */
const NAMES: Record<string, { name: string; via: 'cli' | 'api' }> = {
  'codex-cli': { name: 'codex', via: 'cli' },
  'claude-code': { name: 'claude', via: 'cli' },
  'copilot-cli': { name: 'copilot', via: 'api' },
  'cursor-cli': { name: 'cursor', via: 'cli' },
  'droid-cli': { name: 'factory', via: 'api' },
  opencode: { name: 'opencode', via: 'api' },
};

export const codexbarProviders = Object.keys(NAMES);

/** CodexBar, where the user has it. Its figures are as good as what it asked, which it does not always say. */
export const codexbar = (provider: string): UsageSource => ({
  id: 'codexbar',
  provider,
  reach: 'network',
  reads: 'what CodexBar may read, never the cookies of a browser',
  hosts: [],
  confidence: 'observed',
  deadline_ms: 15_000,
  async read(context) {
    const program = context.helpers.codexbar;
    const known = NAMES[provider];
    if (program === undefined) return failure('not_found', 'codexbar is not installed');
    if (!known) return failure('unsupported', `codexbar does not know ${provider}`);
    const args = [
      'usage',
      '--provider',
      known.name,
      '--source',
      known.via,
      '--format',
      'json',
      '--json-only',
      '--no-color',
    ];
    const ran = await run(context, { program, args });
    if (ran.timed_out) return failure('timed_out', 'no answer before the deadline');
    return parseCodexbar(ran.stdout, known.name);
  },
});

export function parseCodexbar(printed: string, name: string): Reading {
  const parsed = parseJson(printed);
  const rows = (Array.isArray(parsed) ? list(parsed) : [parsed]).map(record);
  const row = rows.find((each) => each?.provider === name) ?? (rows.length === 1 ? rows[0] : null);
  if (!row) return failure('unreadable', 'codexbar printed no row for this provider');
  const error = text(record(row.error)?.message);
  const usage = record(row.usage);
  if (!usage) return error === null ? failure('unreadable', 'codexbar printed no usage') : readError(error);
  const windows = ['primary', 'secondary', 'tertiary'].flatMap((slot) => {
    const window = record(usage[slot]);
    if (!window) return [];
    const minutes = number(window.windowMinutes);
    const kind = kindOfMinutes(minutes);
    const used = percent(window.usedPercent);
    return [usageWindow({ kind, used, minutes, resets: window.resetsAt, confidence: 'observed' })];
  });
  return answer({
    windows,
    plan: text(usage.loginMethod) ?? text(record(usage.identity)?.loginMethod),
    credits_remaining: number(record(row.credits)?.remaining),
    warnings: windows.length === 0 ? [NO_LIMITS] : [],
  });
}

function readError(message: string): Reading {
  if (/\b429\b|rate.?limit/i.test(message)) return failure('rate_limited', message);
  return failure(
    /not (?:logged|signed) in|unauthori[sz]ed|log ?in/i.test(message) ? 'refused' : 'failed',
    message,
  );
}
