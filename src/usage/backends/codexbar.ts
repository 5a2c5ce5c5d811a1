import type { Agent } from '../../agents/contract/agent.ts';
import { run } from '../../agents/contract/limits/converse.ts';
import { failedRequest } from '../../agents/contract/limits/http.ts';
import {
  answer,
  failure,
  kindOfMinutes,
  NO_LIMITS,
  type UsageReading,
  type UsageSource,
  usageWindow,
} from '../../agents/contract/limits/reading.ts';
import type { UsageWindow } from '../../agents/contract/limits/sample.ts';
import { scrub } from '../../agents/contract/limits/scrub.ts';
import { shareUsed } from '../../agents/contract/limits/shares.ts';
import {
  type Json,
  list,
  number,
  percent,
  printedJson,
  printedList,
  record,
  text,
} from '../../agents/contract/limits/values.ts';
import { isWebPage } from '../../agents/contract/limits/web-page.ts';

/**
 * CodexBar, if the user has it. Its figures are as good as its own source, which it does not always name. It is never
 * asked to read the cookies of a browser.
 */
export const codexbar = (provider: string, { name, via }: NonNullable<Agent['codexbar']>): UsageSource => ({
  id: 'codexbar',
  provider,
  reach: 'network',
  reads: 'what CodexBar may read, never the cookies of a browser',
  hosts: [],
  confidence: 'observed',
  deadline_ms: 15_000,
  async read(context) {
    const program = context.helpers.codexbar;
    if (program === undefined) return failure('not_found', 'codexbar is not installed');
    const readings: UsageReading[] = [];
    for (const source of via === 'either' ? (['api', 'cli'] as const) : [via]) {
      const args = ['usage', '--provider', name, '--source', source, ...PLAIN_JSON];
      const ran = await run(context, { program, args });
      if (ran.timed_out) return failure('timed_out', 'no answer before the deadline');
      const reading = parseCodexbar(ran.stdout, name);
      if (reading.answered) return reading;
      readings.push(reading);
    }
    // A source that the provider does not have is a failure too, but says less than another.
    const [first = failure('unreadable', 'codexbar was not asked')] = readings;
    return readings.find((each) => !each.answered && !NO_SOURCE.test(each.reason)) ?? first;
  },
});

const PLAIN_JSON = ['--format', 'json', '--json-only', '--no-color'];
const NO_SOURCE = /\bsource\b/i;

/**
 * `[{provider, usage: {primary, secondary, tertiary: {usedPercent, windowMinutes, resetsAt}, extraRateWindows: [{id,
 * title, usageKnown, window}], providerCost: {used, limit, resetsAt}}, credits: {remaining}, error: {message}}]`, also one row alone. The extra windows are of
 * a model or a surface (docs/cli.md of CodexBar).
 */
export function parseCodexbar(printed: string, name: string): UsageReading {
  const rows = (printedList(printed) ?? [printedJson(printed)]).map(record);
  const row = rows.find((each) => each?.provider === name) ?? (rows.length === 1 ? rows[0] : null);
  if (!row) return failure('unreadable', 'codexbar printed no row for this provider');
  const error = text(record(row.error)?.message);
  const usage = record(row.usage);
  const credits = number(record(row.credits)?.remaining);
  if (!usage && (error !== null || credits === null))
    return error === null ? failure('unreadable', 'codexbar printed no usage') : readError(error);
  const windows = [
    ...['primary', 'secondary', 'tertiary'].flatMap((slot) => windowOf(record(usage?.[slot]), null)),
    ...list(usage?.extraRateWindows).flatMap((each) => {
      const extra = record(each);
      const isKnown = extra !== null && extra.usageKnown !== false;
      return isKnown ? windowOf(record(extra.window), text(extra.title) ?? text(extra.id) ?? 'other') : [];
    }),
  ];
  windows.push(...budgetOf(record(usage?.providerCost), windows.length === 0));
  return answer({
    windows,
    plan: text(usage?.loginMethod) ?? text(record(usage?.identity)?.loginMethod),
    credits_remaining: credits,
    // Credits that are all there is.
    reached: windows.length === 0 && credits !== null && credits <= 0,
    warnings: windows.length === 0 && credits === null ? [NO_LIMITS] : [],
  });
}

function windowOf(window: Json | null, scope: string | null): UsageWindow[] {
  if (window === null) return [];
  const minutes = number(window.windowMinutes);
  const used = percent(window.usedPercent);
  const kind = kindOfMinutes(minutes);
  return [usageWindow({ kind, scope, used, minutes, resets: window.resetsAt, confidence: 'observed' })];
}

/** `{used, limit, resetsAt}` in money: what binds where there is nothing else, otherwise what may be spent beyond the plan. */
function budgetOf(cost: Json | null, isAll: boolean): UsageWindow[] {
  const used = shareUsed(number(cost?.used), number(cost?.limit));
  if (used === null) return [];
  const kind = isAll ? 'monthly' : 'on_demand';
  return [usageWindow({ kind, used, resets: cost?.resetsAt, confidence: 'observed' })];
}

function readError(message: string): UsageReading {
  const isRefused = /not (?:logged|signed) in|unauthori[sz]ed|log ?in/i.test(message);
  return isRefused && !isWebPage(message)
    ? failure('refused', scrub(message))
    : failedRequest(message, 'codexbar');
}
