import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { ask, utf8 } from '../contract/limits/http.ts';
import {
  answer,
  failure,
  type Reading,
  type SourceContext,
  type UsageSource,
  usageWindow,
} from '../contract/limits/reading.ts';
import { number, parseJson, percent, record, text } from '../contract/limits/values.ts';

const URL = 'https://api2.cursor.sh/aiserver.v1.DashboardService/GetCurrentPeriodUsage';

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
  async read(context) {
    const token = await storedToken(context);
    if (token === null) return failure('not_found', 'no stored login of Cursor');
    const headers = {
      authorization: `Bearer ${token}`,
      'content-type': 'application/json',
      'connect-protocol-version': '1',
    };
    return ask(context, { url: URL, method: 'POST', headers, body: '{}' }, (body) =>
      parseCursorPeriod(utf8(body)),
    );
  },
};

async function storedToken(context: SourceContext): Promise<string | null> {
  const config = context.env.XDG_CONFIG_HOME || join(context.home, '.config');
  const file = await readFile(join(config, 'cursor', 'auth.json'), 'utf8').catch(() => '');
  return text(record(parseJson(file))?.accessToken);
}

/** Money in cents, the cycle in epoch milliseconds as strings. */
export function parseCursorPeriod(body: string): Reading {
  const period = record(parseJson(body));
  const plan = record(period?.planUsage);
  if (!period || !plan) return failure('unreadable', 'the answer holds no plan usage');
  const limit = number(plan.limit);
  const left = number(plan.remaining);
  const used = percent(plan.totalPercentUsed);
  if (used === null && (limit === null || limit <= 0 || left === null))
    return failure('unreadable', 'the answer holds no percentage');
  const resets = period.billingCycleEnd;
  const scoped = (
    [
      ['autoPercentUsed', 'auto'],
      ['apiPercentUsed', 'api'],
    ] as const
  ).flatMap(([field, scope]) => {
    const share = percent(plan[field]);
    return share === null
      ? []
      : [usageWindow({ kind: 'monthly', scope, used: share, resets, confidence: 'observed' })];
  });
  const total = usageWindow({
    kind: 'monthly',
    used: used ?? percent(Math.round((1 - (left ?? 0) / (limit ?? 1)) * 10_000) / 100),
    remaining_units: left === null ? null : left / 100,
    used_units: limit === null || left === null ? null : (limit - left) / 100,
    unit: 'usd',
    resets,
    confidence: 'observed',
  });
  const onDemand = record(period.spendLimitUsage);
  const spent = number(onDemand?.individualUsed) ?? number(onDemand?.totalSpend) ?? 0;
  return answer({
    windows: [total, ...scoped],
    paying: spent > 0,
    plan: text(period.membershipType) ?? text(period.planType),
  });
}
