import { join } from 'node:path';
import { run } from '../../agents/contract/limits/converse.ts';
import {
  answer,
  failure,
  kindOfMinutes,
  NO_LIMITS,
  type UsageReading,
  type UsageSource,
  usageWindow,
} from '../../agents/contract/limits/reading.ts';
import type { UsageWindow, WindowKind } from '../../agents/contract/limits/sample.ts';
import { label, quoted, scrub } from '../../agents/contract/limits/scrub.ts';
import { shareUsed } from '../../agents/contract/limits/shares.ts';
import {
  type Json,
  list,
  number,
  parseJson,
  percent,
  percentLeft,
  printedJson,
  printedList,
  record,
  text,
} from '../../agents/contract/limits/values.ts';
import { isWebPage } from '../../agents/contract/limits/web-page.ts';
import type { CustomProvider } from '../../config/schema.ts';
import { windowKinds } from '../../events/catalogue/usage.ts';
import { parseCodexbar } from './codexbar.ts';

/** `usage_command` of a custom provider: the user's own program, in no project's folder, with the provider's `env`. */
export const usageCommand = ({ id, env }: CustomProvider, words: readonly string[]): UsageSource => ({
  id: 'usage-command',
  provider: id,
  reach: 'network',
  reads: 'what its usage_command in config.yaml reads',
  hosts: [],
  confidence: 'user_configured',
  deadline_ms: 20_000,
  async read(context) {
    const [command = '', ...args] = words;
    const program = [command.startsWith('~/') ? join(context.home, command.slice(2)) : command];
    const ran = await run(context, { program, args, env });
    if (ran.timed_out) return failure('timed_out', 'no answer before the deadline');
    if (ran.error !== null) return failure('failed', `${command} could not be started${quoted(ran.error)}`);
    const reading = parseUsageCommand(ran.stdout, id);
    // What it printed says more than the code with which it ended.
    if (reading.answered || ran.code === 0 || reading.outcome !== 'unreadable') return reading;
    const said = ran.stderr.trim().split('\n').at(-1) ?? '';
    return failure('failed', `${command} ended with code ${ran.code}${quoted(said)}`);
  },
});

/**
 * `{windows: [{kind, scope, models, used_percent | remaining_percent | used_units + remaining_units, window_minutes,
 * reset_at}], plan, credits_remaining, status, error}`: what a sample of `agentpool usage --json` has, of which any part
 * may be left out; that whole output too, where it is of one provider; or what CodexBar prints. Words before and after
 * it are passed over.
 */
export function parseUsageCommand(printed: string, provider = ''): UsageReading {
  if (isWebPage(printed)) return failure('unreadable', 'the usage_command printed a web page, not JSON');
  const parsed = parseJson(printed) ?? printedList(printed) ?? printedJson(printed);
  const rows = list(parsed)
    .map(record)
    .filter((each) => each !== null);
  const own = rows.find((each) => each.provider === provider || each.provider_id === provider);
  if (rows.length > 1 && !own)
    return failure('unreadable', `the usage_command printed several providers, and not ${provider}`);
  const whole = own ?? rows[0] ?? record(parsed);
  if (whole === null) return failure('unreadable', 'the usage_command printed no JSON object');
  if ('usage' in whole || ('provider' in whole && 'error' in whole))
    return parseCodexbar(JSON.stringify([whole]), text(whole.provider) ?? '');
  const snapshots = list(whole.snapshots);
  const sample = snapshots.length === 1 ? record(snapshots[0]) : whole;
  const error = text(sample?.error) ?? text(record(sample?.error)?.message);
  if (error !== null) return failure('failed', scrub(error));
  if (sample === null || !Array.isArray(sample.windows))
    return failure('unreadable', 'the usage_command printed no windows');
  const windows = sample.windows.flatMap((each) => windowOf(record(each)));
  return answer({
    windows,
    plan: text(sample.plan),
    credits_remaining: number(sample.credits_remaining),
    reached: text(sample.status) === 'limit_reached',
    overage: text(sample.status) === 'overage_possible',
    unlimited: sample.unlimited === true && windows.length === 0,
    warnings:
      windows.length === 0 && sample.unlimited !== true && text(sample.status) !== 'limit_reached'
        ? [NO_LIMITS]
        : [],
  });
}

const isKind = (word: string | null): word is WindowKind =>
  word !== null && (windowKinds as readonly string[]).includes(word);

function windowOf(window: Json | null): UsageWindow[] {
  if (window === null) return [];
  const minutes = positive(window.window_minutes);
  const [used_units, remaining_units] = [number(window.used_units), number(window.remaining_units)];
  const limit = used_units !== null && remaining_units !== null ? used_units + remaining_units : null;
  const used = percent(window.used_percent);
  const left = percentLeft(window.remaining_percent);
  const kind = text(window.kind);
  const made = usageWindow({
    kind: isKind(kind) ? kind : kindOfMinutes(minutes),
    scope: text(window.scope),
    used: used ?? (left === null ? shareUsed(used_units, limit) : null),
    remaining: used === null ? left : null,
    binds_plan: window.binds_plan === true,
    used_units,
    remaining_units,
    unit: text(window.unit),
    minutes,
    resets: window.reset_at,
    confidence: 'user_configured',
  });
  if (!Array.isArray(window.models)) return [made];
  return [{ ...made, models: window.models.flatMap((each) => label(text(each)) ?? []) }];
}

function positive(value: unknown): number | null {
  const given = number(value);
  return given !== null && given >= 0 ? given : null;
}
