import { checkUsage } from '../config/policy.ts';
import { providerIds } from '../config/provider-ids.ts';
import { AgentPoolError } from '../events/errors.ts';
import { lastDetected } from '../providers/last-detected.ts';
import type { Capacity } from '../usage/capacity.ts';
import { momentaryCapacity, stillHolds } from '../usage/standing.ts';
import type { House } from './house.ts';

/** What is known of every provider's capacity right now: nobody is asked, no program is looked for. */
export const knownCapacity = (house: House): Capacity =>
  momentaryCapacity(house.ledger, {
    config: house.config,
    ids: providerIds(house.config),
    detected: lastDetected(house),
    now: house.given().now,
  });

/** Throws POLICY_BLOCKED for a provider whose limits the policy does not let it work with. */
export function assertHeadroom(house: House, provider: string, { providers }: Capacity): void {
  const row = providers[provider];
  if (!row || !stillHolds(row)) return;
  const { status, next_available_at: backAt, observed_at } = row;
  const refusal = checkUsage(house.config.policy, { provider, status, backAt });
  if (!refusal) return;
  const { code, policy, message, example } = refusal;
  const details = { policy, provider_id: provider, status, observed_at, next_available_at: backAt, example };
  throw new AgentPoolError(code, message, details);
}
