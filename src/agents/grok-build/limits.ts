import { converse } from '../contract/limits/converse.ts';
import {
  answer,
  failure,
  kindOfMinutes,
  NO_LIMITS,
  type UsageReading,
  type UsageSource,
  usageWindow,
} from '../contract/limits/reading.ts';
import type { UsageWindow, WindowKind } from '../contract/limits/sample.ts';
import { scrub } from '../contract/limits/scrub.ts';
import { shareUsed } from '../contract/limits/shares.ts';
import { instant, type Json, jsonLines, number, record, text } from '../contract/limits/values.ts';

/**
 * Grok's own billing, over its Agent Client Protocol: JSON-RPC in lines. Run with 1.0.41 against a server on this
 * machine: an extension's method has an underscore there (`_x.ai/billing`); without it the method is not found, as
 * older documents name it. Both are asked, and no session is made, so that no model is.
 */
export const grokBilling: UsageSource = {
  id: 'grok-billing',
  provider: 'grok-build',
  reach: 'network',
  reads: "Grok's own login, through `grok agent stdio`",
  hosts: ['cli-chat-proxy.grok.com'],
  confidence: 'local_cli',
  deadline_ms: 20_000,
  async read(context) {
    if (context.agent === null) return failure('not_found', 'grok is not installed');
    const { printed, failure: broken } = await converse(context, {
      program: context.agent,
      args: ['agent', '--no-leader', 'stdio'],
      env: { GROK_DISABLE_AUTOUPDATER: '1', DISABLE_TELEMETRY: '1' },
      say: SAID.map((message) => `${JSON.stringify({ jsonrpc: '2.0', ...message })}\n`).join(''),
      done: isDone,
    });
    return broken ?? parseGrokBilling(printed);
  },
};

const NEW = 2;
const OLD = 3;
const SAID = [
  {
    id: 1,
    method: 'initialize',
    params: {
      protocolVersion: 1,
      clientCapabilities: { fs: { readTextFile: false, writeTextFile: false }, terminal: false },
    },
  },
  { id: NEW, method: '_x.ai/billing', params: {} },
  { id: OLD, method: 'x.ai/billing', params: {} },
];

const answersIn = (printed: string): Json[] =>
  jsonLines(printed).filter(({ id, method }) => (id === NEW || id === OLD) && method === undefined);

const isDone = (printed: string): boolean => {
  const answers = answersIn(printed);
  return answers.length >= 2 || answers.some(({ result }) => record(result) !== null);
};

const METHOD_NOT_FOUND = -32_601;

/**
 * `{config: {creditUsagePercent, currentPeriod: {type, start, end}, onDemandCap, onDemandUsed, prepaidBalance},
 * subscription_tier}` of 1.0.41; before, `{billingCycle: {billingPeriodStart, billingPeriodEnd}, monthlyLimit, usage:
 * {totalUsed}}` (docs/grok.md of CodexBar). Money is `{val}` in cents. A percentage that is missing is not 0.
 */
export function parseGrokBilling(printed: string): UsageReading {
  const answers = answersIn(printed);
  const result = answers.map((each) => record(each.result)).find((each) => each !== null);
  if (!result) return refusal(answers.map(({ error }) => record(error)).filter((error) => error !== null));
  const config = record(result.config);
  const windows = config ? ofConfig(config) : ofCycle(result);
  const prepaid = cents(config?.prepaidBalance);
  return answer({
    windows,
    plan: text(result.subscription_tier),
    credits_remaining: prepaid === null || prepaid === 0 ? null : prepaid,
    overage: (cents(config?.onDemandCap ?? result.onDemandCap) ?? 0) > 0,
    warnings: windows.some(({ used_percent }) => used_percent !== null) ? [] : [NO_LIMITS],
  });
}

const PERIODS: [RegExp, WindowKind][] = [
  [/WEEK/, 'weekly'],
  [/MONTH/, 'monthly'],
  [/DA(?:Y|ILY)/, 'daily'],
];

function ofConfig(config: Json): UsageWindow[] {
  const period = record(config.currentPeriod);
  const [start, end] = [period?.start ?? config.billingPeriodStart, period?.end ?? config.billingPeriodEnd];
  const minutes = minutesBetween(start, end);
  const named = PERIODS.find(([pattern]) => pattern.test(text(period?.type) ?? ''))?.[1];
  const used = number(config.creditUsagePercent);
  const facts = { minutes, resets: end, confidence: 'local_cli' } as const;
  const credits = usageWindow({
    ...facts,
    kind: named ?? kindOfMinutes(minutes),
    used: used !== null && used >= 0 ? used : null,
  });
  return [...(used === null && end === undefined ? [] : [credits]), ...onDemand(config, end)];
}

function ofCycle(result: Json): UsageWindow[] {
  const cycle = record(result.billingCycle);
  const [start, end] = [cycle?.billingPeriodStart, cycle?.billingPeriodEnd];
  const minutes = minutesBetween(start, end);
  const used = shareUsed(cents(record(result.usage)?.totalUsed), cents(result.monthlyLimit));
  if (used === null) return [];
  return [usageWindow({ kind: kindOfMinutes(minutes), minutes, used, resets: end, confidence: 'local_cli' })];
}

function onDemand(config: Json, end: unknown): UsageWindow[] {
  const used = shareUsed(cents(config.onDemandUsed), cents(config.onDemandCap));
  if (used === null) return [];
  const scope = 'on demand';
  return [usageWindow({ kind: 'on_demand', scope, used, unit: 'usd', resets: end, confidence: 'local_cli' })];
}

/** In dollars. */
function cents(value: unknown): number | null {
  const amount = number(record(value)?.val);
  return amount === null ? null : amount / 100;
}

function minutesBetween(start: unknown, end: unknown): number | null {
  const [from, to] = [instant(start), instant(end)];
  const minutes = from && to ? (Date.parse(to) - Date.parse(from)) / 60_000 : 0;
  return minutes > 0 ? minutes : null;
}

function refusal(errors: readonly Json[]): UsageReading {
  const words = errors.map(({ message, data }) =>
    scrub(text(data) ?? text(message) ?? 'grok reported an error'),
  );
  const refused = words.find((_, at) => number(errors[at]?.code) !== METHOD_NOT_FOUND);
  if (refused === undefined)
    return errors.length > 0
      ? failure('unsupported', 'this version of grok does not report its billing')
      : failure('unreadable', 'grok printed no answer');
  if (/authentication required|not (?:logged|signed) in/i.test(refused))
    return failure('signed_out', refused);
  return failure(/\b429\b|rate.?limit/i.test(refused) ? 'rate_limited' : 'failed', refused);
}
