import { run } from '../../contract/limits/converse.ts';
import { ask, utf8 } from '../../contract/limits/http.ts';
import {
  failure,
  type SourceContext,
  type UsageReading,
  type UsageSource,
} from '../../contract/limits/reading.ts';
import { type Json, number, parseJson, record, text } from '../../contract/limits/values.ts';
import { answerOfQuotas, copilotAccount } from './answer.ts';
import { type CopilotQuota, isOfPlan, readQuota } from './quota.ts';

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
  account: copilotAccount,
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
  // A version manager may print lines of its own first.
  return ran.code === 0 ? text(ran.stdout.trimEnd().split('\n').at(-1)) : null;
}

export function parseCopilotUser(body: string): UsageReading {
  const user = record(parseJson(body));
  if (!user) return failure('unreadable', 'the answer is not JSON');
  const snapshots = record(user.quota_snapshots);
  const quotas = snapshots ? fromSnapshots(snapshots, user) : fromFreeQuotas(user);
  const isTokenBased = user.token_based_billing === true;
  if (quotas === null && !isTokenBased) return failure('unreadable', 'the answer holds no quota');
  return answerOfQuotas(quotas ?? [], {
    account_id: text(user.login),
    plan: text(user.copilot_plan),
    // A seat whose organisation pays for AI credits has no quota of its own.
    warnings:
      isTokenBased && (quotas ?? []).length === 0 ? ['AI credits are billed to the organisation'] : [],
  });
}

function fromSnapshots(snapshots: Json, user: Json): CopilotQuota[] {
  const hasPlan = Object.entries(snapshots).some(
    ([id, value]) => isOfPlan(id) && record(value) !== null && number(record(value)?.entitlement) !== 0,
  );
  return Object.entries(snapshots).flatMap(([id, value]) => {
    const quota = record(value);
    if (!quota) return [];
    const resets =
      quota.quota_reset_at || quota.quota_reset_date || user.quota_reset_date_utc || user.quota_reset_date;
    return [readQuota(id, quota, { resets, bindsPlan: !hasPlan && id === 'chat', confidence: 'observed' })];
  });
}

/** Free plans of before: what is left in `limited_user_quotas`, of what there is in `monthly_quotas`. */
function fromFreeQuotas(user: Json): CopilotQuota[] | null {
  const monthly = record(user.monthly_quotas);
  const left = record(user.limited_user_quotas);
  if (!monthly || !left) return null;
  return Object.entries(monthly).flatMap(([id, value]) => {
    const entitlement = number(value);
    const remaining = number(left[id]);
    if (entitlement === null || entitlement <= 0 || remaining === null) return [];
    const quota = { entitlement, remaining, token_based_billing: false };
    const given = {
      resets: user.limited_user_reset_date,
      bindsPlan: id === 'chat',
      confidence: 'observed',
    } as const;
    return [readQuota(id, quota, given)];
  });
}
