import { join } from 'node:path';
import {
  type AccountPlace,
  answer,
  type LoginPlace,
  NO_LIMITS,
  type UsageAnswer,
} from '../../contract/limits/reading.ts';
import type { CopilotQuota } from './quota.ts';

/** The folder of the login; the answer says whose it is. */
export const copilotAccount = async ({ env, home }: AccountPlace): Promise<LoginPlace> => ({
  folder: env.COPILOT_HOME?.trim() || join(home, '.copilot'),
  id: null,
});

/** What the quotas of a plan say together; `found` is what a source knows beside them. */
export function answerOfQuotas(
  quotas: readonly CopilotQuota[],
  found: { account_id: string | null; plan?: string | null; warnings?: readonly string[] },
): UsageAnswer {
  const windows = quotas.flatMap(({ window }) => (window ? [window] : []));
  const unlimited = quotas.filter((quota) => quota.unlimited);
  const binding = windows.filter(({ scope, binds_plan }) => scope === null || binds_plan);
  const spent = quotas.filter(
    ({ window }) => window !== null && binding.includes(window) && window.remaining_percent === 0,
  );
  return answer({
    windows,
    plan: found.plan ?? null,
    account_id: found.account_id?.toLowerCase() ?? null,
    premium_requests_remaining: windows.find(({ scope }) => scope === null)?.remaining_units ?? null,
    // What binds a free plan has a scope, and the status follows from windows without one.
    reached: spent.length > 0,
    // A limit of the week may stop work that the month would bill.
    overage: spent.length > 0 && spent.every(({ overage }) => overage),
    paying: quotas.some(({ paying }) => paying),
    unlimited: unlimited.length > 0 && binding.length === 0,
    warnings: [
      ...unlimited.map(({ id }) => `${id} is unlimited`),
      ...(found.warnings ?? []),
      ...(windows.length === 0 && unlimited.length === 0 ? [NO_LIMITS] : []),
    ],
  });
}
