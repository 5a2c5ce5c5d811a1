import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { ask, utf8 } from '../contract/limits/http.ts';
import {
  type AccountPlace,
  answer,
  failure,
  type SourceContext,
  type UsageReading,
  type UsageSource,
  usageWindow,
} from '../contract/limits/reading.ts';
import type { UsageWindow } from '../contract/limits/sample.ts';
import {
  type Json,
  list,
  number,
  parseJson,
  percent,
  record,
  shareOf,
  text,
} from '../contract/limits/values.ts';

/** How much longer than the plan's answer the one about the bots may take. */
const BOTS_MS = 1000;
const SERVICE = 'https://api2.cursor.sh/aiserver.v1.DashboardService/';

/**
 * The dashboard's own service. Cursor has no command that reports its quota, and this one takes the agent's stored
 * login, so it is asked only where the user said so with AGENTPOOL_CURSOR_USAGE=1.
 */
export const cursorPeriod: UsageSource = {
  id: 'cursor-period-usage',
  provider: 'cursor-cli',
  reach: 'network',
  reads: 'the token in ~/.config/cursor/auth.json',
  hosts: ['api2.cursor.sh'],
  confidence: 'observed',
  deadline_ms: 8000,
  opt_in: 'AGENTPOOL_CURSOR_USAGE',
  account: async ({ env, home }) => ({ folder: configOf({ env, home }), id: null }),
  async read(context) {
    const token = await storedToken(context);
    if (token === null) return failure('not_found', 'no stored login of Cursor');
    const headers = {
      authorization: `Bearer ${token}`,
      'content-type': 'application/json',
      'connect-protocol-version': '1',
    };
    const question = (service: string) => ({
      url: `${SERVICE}${service}`,
      method: 'POST' as const,
      headers,
      body: '{}',
    });
    // Not every account has the second pool: nothing depends on its answer.
    let bots: string | null = null;
    const asked = ask(context, question('GetSandUsageStatus'), (body) => {
      bots = utf8(body);
      return failure('not_found', 'read with the plan');
    });
    let period = '';
    const reading = await ask(context, question('GetCurrentPeriodUsage'), (body) => {
      period = utf8(body);
      return parseCursorPeriod(period);
    });
    if (!reading.answered) return reading;
    await Promise.race([asked, sleep(BOTS_MS, undefined, { ref: false })]);
    return bots === null ? reading : parseCursorPeriod(period, bots);
  },
};

const configOf = ({ env, home }: AccountPlace): string =>
  join(env.XDG_CONFIG_HOME || join(home, '.config'), 'cursor');

async function storedToken(context: SourceContext): Promise<string | null> {
  const file = await readFile(join(configOf(context), 'auth.json'), 'utf8').catch(() => '');
  return text(record(parseJson(file))?.accessToken);
}

/** Money in cents, the cycle in epoch milliseconds as strings. `bots` is the answer about the weekly pool, if any. */
export function parseCursorPeriod(body: string, bots: string | null = null): UsageReading {
  const period = record(parseJson(body));
  const plan = record(period?.planUsage);
  const spending = spendingOf(record(period?.spendLimitUsage));
  if (!period || (!plan && spending.limits.length === 0))
    return failure('unreadable', 'the answer holds no plan usage');
  const resets = period.billingCycleEnd;
  const pools = plan ? planWindows(plan, { resets, models: strings(period.autoBucketModels) }) : [];
  const hasPlan = pools.some(({ scope }) => scope === null);
  if (!hasPlan && spending.limits.length === 0)
    return failure('unreadable', 'the answer holds no percentage');
  const limits = spending.limits.map((limit, index) => spendWindow(limit, { hasPlan, index, resets }));
  const bot = botWindow(plan, record(parseJson(bots ?? '')));
  const isSpent = spending.limits.some(({ limit, left }) => limit > 0 && left <= 0);
  return answer({
    windows: [...pools, ...limits, ...(bot ? [bot] : [])],
    paying: hasPlan && spending.spent > 0 && !isSpent,
    overage: hasPlan && spending.limits.length > 0 && !isSpent,
    plan: text(period.membershipType) ?? text(period.planType),
  });
}

const strings = (value: unknown): string[] => list(value).flatMap((each) => text(each) ?? []);

/** The whole of the plan, and its two pools: Cursor's own models, which it lists, and all others. */
function planWindows(plan: Json, { resets, models }: { resets: unknown; models: string[] }): UsageWindow[] {
  const limit = number(plan.limit);
  const left = number(plan.remaining);
  const spent = limit === null || left === null ? null : limit - left;
  const used = percent(plan.totalPercentUsed) ?? shareOf(spent, limit);
  const about = { kind: 'monthly', resets, confidence: 'observed' } as const;
  const pool = (scope: string, share: number | null, named?: string[]): UsageWindow[] =>
    share === null ? [] : [usageWindow({ ...about, scope, models: named, used: share })];
  const total =
    used === null
      ? []
      : [
          usageWindow({
            ...about,
            used,
            remaining_units: left === null ? null : Math.max(0, left) / 100,
            used_units: spent === null ? null : spent / 100,
            unit: 'usd',
          }),
        ];
  return [
    ...total,
    ...pool('auto', percent(plan.autoPercentUsed), models.length > 0 ? ['auto', ...models] : undefined),
    ...pool('api', percent(plan.apiPercentUsed)),
  ];
}

interface SpendLimit {
  whose: 'individual' | 'team';
  /** All in cents. */
  limit: number;
  used: number;
  left: number;
}

/** What a member and its team may spend; a limit of 0 is a placeholder. */
function spendingOf(spend: Json | null): { limits: SpendLimit[]; spent: number } {
  const limits = (
    [
      ['individual', 'individual'],
      ['team', 'pooled'],
    ] as const
  ).flatMap(([whose, field]) => {
    const limit = number(spend?.[`${field}Limit`]);
    if (limit === null || limit <= 0) return [];
    const left = number(spend?.[`${field}Remaining`]);
    const used = number(spend?.[`${field}Used`]) ?? (left === null ? 0 : limit - left);
    return [{ whose, limit, used, left: left ?? limit - used }];
  });
  return { limits, spent: number(spend?.individualUsed) ?? number(spend?.totalSpend) ?? 0 };
}

/** Beyond a plan a limit of what may be spent is scoped; a seat without a plan has no other limit, so it binds. */
function spendWindow(
  { whose, limit, used, left }: SpendLimit,
  { hasPlan, index, resets }: { hasPlan: boolean; index: number; resets: unknown },
): UsageWindow {
  const binds = !hasPlan;
  const scope = whose === 'individual' ? 'own' : 'team pool';
  return usageWindow({
    kind: hasPlan ? 'on_demand' : 'monthly',
    scope: binds && index === 0 ? null : scope,
    binds_plan: binds && index > 0,
    used: shareOf(used, limit),
    used_units: used / 100,
    remaining_units: Math.max(0, left) / 100,
    unit: 'usd',
    resets,
    confidence: 'observed',
  });
}

/** The weekly pool of Cursor's bots, which no other work draws from. */
function botWindow(plan: Json | null, bots: Json | null): UsageWindow | null {
  const used = percent(plan?.botPercentUsed) ?? percent(bots?.usagePercent);
  if (used === null) return null;
  const resets = bots?.nextResetTimestampUtc;
  return usageWindow({ kind: 'weekly', scope: 'bots', models: [], used, resets, confidence: 'observed' });
}
