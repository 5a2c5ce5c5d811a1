import { lastDetected } from '../../agents/last-detected.ts';
import { accountKeys } from '../../config/accounts.ts';
import { checkUsage } from '../../config/policy.ts';
import { AgentPoolError } from '../../lib/errors.ts';
import type { Capacity } from '../../usage/capacity/capacity.ts';
import { capacityNow, isInForce } from '../../usage/capacity/current.ts';
import type { AppContext } from '../core/context.ts';

/** The recorded capacity of every provider now: asks no provider, and looks for no program. */
export const knownCapacity = (app: AppContext): Capacity =>
  capacityNow(app.ledger, {
    config: app.config,
    ids: accountKeys(app.config),
    detected: lastDetected(app),
    now: app.given().now,
  });

/** @throws POLICY_BLOCKED for a provider that is paid by the use, and that the policy does not name for that. */
export function assertUnpaid(app: AppContext, provider: string, { providers }: Capacity): void {
  const row = providers[provider];
  if (row?.status === 'overage_possible') assertHeadroom(app, provider, { providers });
}

/** @throws POLICY_BLOCKED for a provider whose limits the policy does not allow to work with. */
export function assertHeadroom(
  app: AppContext,
  provider: string,
  { providers }: Pick<Capacity, 'providers'>,
): void {
  const row = providers[provider];
  if (!row || !isInForce(row)) return;
  const { status, next_available_at: backAt, observed_at } = row;
  const refusal = checkUsage(app.config.policy, { provider, status, backAt });
  if (!refusal) return;
  const { code, policy, message, example } = refusal;
  const details = { policy, provider_id: provider, status, observed_at, next_available_at: backAt, example };
  throw new AgentPoolError(code, message, details);
}
