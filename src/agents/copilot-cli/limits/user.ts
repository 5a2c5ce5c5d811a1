import { run } from '../../contract/limits/converse.ts';
import { ask, utf8 } from '../../contract/limits/http.ts';
import {
  answer,
  failure,
  NO_LIMITS,
  type Reading,
  type SourceContext,
  type UsageSource,
  usageWindow,
} from '../../contract/limits/reading.ts';
import type { UsageWindow } from '../../contract/limits/sample.ts';
import { type Json, number, parseJson, percent, record, text } from '../../contract/limits/values.ts';

const URL = 'https://api.github.com/copilot_internal/user';
const TOKENS = ['AGENTPOOL_COPILOT_TOKEN', 'GITHUB_TOKEN', 'GH_TOKEN'];

/**
 * The endpoint that editors ask, with a token that is around anyway. GitHub promises nothing about it: observed.
 * The token stays in memory for the one request.
 */
export const copilotUser: UsageSource = {
  id: 'copilot-user-endpoint',
  provider: 'copilot-cli',
  reach: 'network',
  reads: 'AGENTPOOL_COPILOT_TOKEN, GITHUB_TOKEN or GH_TOKEN, else what gh keeps',
  hosts: ['api.github.com'],
  confidence: 'observed',
  deadline_ms: 8000,
  async read(context) {
    const token = await ambientToken(context);
    if (token === null) return failure('not_found', 'no GitHub token in the environment and none from gh');
    const headers = {
      authorization: `token ${token}`,
      accept: 'application/json',
      'user-agent': 'agentpool',
    };
    return ask(context, { url: URL, headers }, (body) => parseCopilotUser(utf8(body)));
  },
};

async function ambientToken(context: SourceContext): Promise<string | null> {
  for (const name of TOKENS) {
    const token = text(context.env[name]);
    if (token !== null) return token;
  }
  const gh = context.helpers.gh;
  if (gh === undefined) return null;
  const signal = AbortSignal.any([context.signal, AbortSignal.timeout(3000)]);
  const ran = await run({ ...context, signal }, { program: gh, args: ['auth', 'token'] });
  return ran.code === 0 ? text(ran.stdout) : null;
}

export function parseCopilotUser(body: string): Reading {
  const user = record(parseJson(body));
  if (!user) return failure('unreadable', 'the answer is not JSON');
  const snapshots = record(user.quota_snapshots);
  const windows = snapshots ? fromSnapshots(snapshots, user) : fromFreeQuotas(user);
  if (windows === null) return failure('unreadable', 'the answer holds no quota');
  return answer({
    windows,
    plan: text(user.copilot_plan),
    premium_requests_remaining: windows.find((window) => window.scope === null)?.remaining_units ?? null,
    overage: record(snapshots?.premium_interactions)?.overage_permitted === true,
    paying: (number(record(snapshots?.premium_interactions)?.overage_count) ?? 0) > 0,
    warnings: windows.length === 0 ? [NO_LIMITS] : [],
  });
}

function fromSnapshots(snapshots: Json, user: Json): UsageWindow[] {
  return Object.entries(snapshots).flatMap(([id, value]) => {
    const quota = record(value);
    const entitlement = number(quota?.entitlement);
    const left = number(quota?.remaining) ?? number(quota?.quota_remaining);
    // 0 of 0 is a placeholder of plans without this quota, not an exhausted one.
    if (!quota || quota.unlimited === true || entitlement === -1 || (entitlement === 0 && (left ?? 0) === 0))
      return [];
    return [
      usageWindow({
        kind: 'monthly',
        scope: id === 'premium_interactions' ? null : id,
        remaining: percent(quota.percent_remaining),
        remaining_units: left,
        used_units: entitlement === null || left === null ? null : Math.max(0, entitlement - left),
        unit: 'credits',
        resets: quota.quota_reset_at ?? user.quota_reset_date_utc ?? user.quota_reset_date,
        confidence: 'observed',
      }),
    ];
  });
}

/** Free plans of before: what is left in `limited_user_quotas`, of what there is in `monthly_quotas`. */
function fromFreeQuotas(user: Json): UsageWindow[] | null {
  const monthly = record(user.monthly_quotas);
  const left = record(user.limited_user_quotas);
  if (!monthly || !left) return null;
  return Object.entries(monthly).flatMap(([id, value]) => {
    const total = number(value);
    const remaining = number(left[id]);
    if (total === null || total <= 0 || remaining === null) return [];
    return [
      usageWindow({
        kind: 'monthly',
        scope: id,
        remaining: percent(Math.round((remaining / total) * 10_000) / 100),
        remaining_units: remaining,
        used_units: Math.max(0, total - remaining),
        unit: 'requests',
        resets: user.limited_user_reset_date,
        confidence: 'observed',
      }),
    ];
  });
}
