import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { ask, utf8 } from '../contract/limits/http.ts';
import {
  answer,
  failure,
  NO_LIMITS,
  type SourceContext,
  type UsageReading,
  type UsageSource,
  usageWindow,
} from '../contract/limits/reading.ts';
import type { WindowKind } from '../contract/limits/sample.ts';
import { instant, number, parseJson, percent, record, text } from '../contract/limits/values.ts';

const URL = 'https://api.factory.ai/api/billing/limits';

/** What the Droid CLI itself asks; only with a key that is in the environment anyway. Undocumented. */
export const droidBilling: UsageSource = {
  id: 'droid-billing-limits',
  provider: 'droid-cli',
  reach: 'network',
  reads: 'FACTORY_API_KEY, where it is set or in ~/.factory/.env',
  hosts: ['api.factory.ai'],
  confidence: 'observed',
  deadline_ms: 8000,
  account: async ({ home }) => ({ folder: join(home, '.factory'), id: null }),
  async read(context) {
    const key = text(context.env.FACTORY_API_KEY) ?? (await storedKey(context));
    if (key === null)
      return failure('not_found', 'droid has no command for its limits, and FACTORY_API_KEY is not set');
    const headers = { authorization: `Bearer ${key}`, accept: 'application/json' };
    return ask(context, { url: URL, headers }, (body) => parseDroidBilling(utf8(body), context.now()));
  },
};

/** Droid takes its key from this file too (0.225.2): `FACTORY_API_KEY=...`, with `export` and quotes or without. */
async function storedKey({ home }: SourceContext): Promise<string | null> {
  const file = await readFile(join(home, '.factory', '.env'), 'utf8').catch(() => '');
  const line =
    /^[ \t]*(?:export[ \t]+)?FACTORY_API_KEY[ \t]*=[ \t]*(?:"([^"\n]*)"|'([^'\n]*)'|([^\s#]*))/m.exec(file);
  return text(line?.[1] ?? line?.[2] ?? line?.[3]);
}

const WINDOWS: [string, WindowKind][] = [
  ['fiveHour', '5h'],
  ['weekly', 'weekly'],
  ['monthly', 'monthly'],
];

export function parseDroidBilling(body: string, now: Date): UsageReading {
  const billing = record(parseJson(body));
  const limits = record(billing?.limits);
  // Plans that are billed by use have no windows, and say so.
  if (!billing || (!limits && billing.usesTokenRateLimitsBilling !== false))
    return failure('unreadable', 'the answer holds no limits');
  const windows = Object.entries(limits ?? {}).flatMap(([pool, value]) =>
    WINDOWS.flatMap(([field, kind]) => {
      const window = record(record(value)?.[field]);
      if (!window) return [];
      // A window that lapsed keeps its last percentage with no end; the next starts with the next request.
      const resets = instant(window.windowEnd) ?? ahead(window.secondsRemaining, now);
      const used = resets === null ? null : percent(window.usedPercent);
      const scope = pool === 'standard' ? null : pool;
      return [usageWindow({ kind, scope, used, resets, confidence: 'observed' })];
    }),
  );
  const cents = number(billing.extraUsageBalanceCents);
  return answer({
    windows,
    credits_remaining: cents === null ? null : cents / 100,
    overage: billing.extraUsageAllowed === true && (cents === null || cents > 0),
    warnings: windows.length === 0 ? [NO_LIMITS] : [],
  });
}

/** So many seconds from now; null for none, which is how a lapsed window says it. */
function ahead(seconds: unknown, now: Date): string | null {
  const value = number(seconds);
  return value === null || value <= 0 ? null : instant(now.getTime() + value * 1000);
}
