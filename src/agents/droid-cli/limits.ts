import { ask, utf8 } from '../contract/limits/http.ts';
import {
  answer,
  failure,
  NO_LIMITS,
  type Reading,
  type UsageSource,
  usageWindow,
} from '../contract/limits/reading.ts';
import type { WindowKind } from '../contract/limits/sample.ts';
import { number, parseJson, percent, record, text } from '../contract/limits/values.ts';

const URL = 'https://api.factory.ai/api/billing/limits';

/** What the Droid CLI itself asks; only with a key that is in the environment anyway. Undocumented. */
export const droidBilling: UsageSource = {
  id: 'droid-billing-limits',
  provider: 'droid-cli',
  reach: 'network',
  reads: 'FACTORY_API_KEY, where it is set',
  hosts: ['api.factory.ai'],
  confidence: 'observed',
  deadline_ms: 8000,
  async read(context) {
    const key = text(context.env.FACTORY_API_KEY);
    if (key === null)
      return failure('not_found', 'droid has no command for its limits, and FACTORY_API_KEY is not set');
    const headers = { authorization: `Bearer ${key}`, accept: 'application/json' };
    return ask(context, { url: URL, headers }, (body) => parseDroidBilling(utf8(body)));
  },
};

const WINDOWS: [string, WindowKind][] = [
  ['fiveHour', '5h'],
  ['weekly', 'weekly'],
  ['monthly', 'monthly'],
];

export function parseDroidBilling(body: string): Reading {
  const billing = record(parseJson(body));
  const limits = record(billing?.limits);
  if (!billing || !limits) return failure('unreadable', 'the answer holds no limits');
  const windows = Object.entries(limits).flatMap(([pool, value]) =>
    WINDOWS.flatMap(([field, kind]) => {
      const window = record(record(value)?.[field]);
      if (!window) return [];
      // A window that lapsed keeps its last percentage with no end; the next starts with the next request.
      const resets = window.windowEnd ?? null;
      const used = resets === null ? null : percent(window.usedPercent);
      return [
        usageWindow({ kind, scope: pool === 'standard' ? null : pool, used, resets, confidence: 'observed' }),
      ];
    }),
  );
  const cents = number(billing.extraUsageBalanceCents);
  return answer({
    windows,
    credits_remaining: cents === null ? null : cents / 100,
    overage: billing.extraUsageAllowed === true,
    warnings: windows.length === 0 ? [NO_LIMITS] : [],
  });
}
