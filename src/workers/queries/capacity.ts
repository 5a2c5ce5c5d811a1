import { lastDetected } from '../../agents/last-detected.ts';
import { accountKeys } from '../../config/accounts.ts';
import { checkUsage } from '../../config/policy.ts';
import { AgentPoolError } from '../../lib/errors.ts';
import type { Capacity, CapacityRow } from '../../usage/capacity/capacity.ts';
import { capacityNow, holds, isInForce } from '../../usage/capacity/current.ts';
import { requestedModel } from '../../usage/capacity/verdict.ts';
import type { AppContext } from '../core/context.ts';
import { usageElsewhere } from './usage-elsewhere.ts';

/** The recorded capacity of every provider now, on any machine: asks no provider, and looks for no program. */
export function knownCapacity(app: AppContext): Capacity {
  const { now } = app.given();
  return capacityNow(app.ledger, {
    config: app.config,
    ids: accountKeys(app.config),
    detected: lastDetected(app),
    now,
    elsewhere: usageElsewhere(app.ledger, app.paths, now),
  });
}

/** @throws POLICY_BLOCKED for a provider that is paid by the use, and that the policy does not name for that. */
export function assertUnpaid(app: AppContext, provider: string, { providers }: Capacity): void {
  const row = providers[provider];
  if (row?.status === 'overage_possible') assertHeadroom(app, provider, { providers });
}

/**
 * `model` is the requested one, if any: a limit of its own refuses it alone.
 * @throws POLICY_BLOCKED for a provider, or a model there, whose limits the policy does not allow to work with.
 */
export function assertHeadroom(
  app: AppContext,
  provider: string,
  { providers }: Pick<Capacity, 'providers'>,
  model: string | null = null,
): void {
  const row = providers[provider];
  if (!row) return;
  if (isInForce(row, app.given().now)) refuse(app, row, { ...row, model: null });
  const own = model === null ? null : requestedModel(row, model, app.config.policy);
  if (own && (!row.stale || holds(own.windows))) refuse(app, row, { ...own, model });
}

interface Limited {
  status: CapacityRow['status'];
  next_available_at: string | null;
  model: string | null;
}

function refuse(app: AppContext, { provider_id, observed_at, machine }: CapacityRow, limited: Limited): void {
  const { status, next_available_at: backAt, model } = limited;
  const refusal = checkUsage(app.config.policy, { provider: provider_id, model, status, backAt });
  if (!refusal) return;
  const { code, policy, message, example } = refusal;
  const details = { policy, provider_id, model, status, observed_at, next_available_at: backAt, example };
  if (machine === undefined) throw new AgentPoolError(code, message, details);
  throw new AgentPoolError(code, `${message} That is known from ${machine}.`, { ...details, machine });
}
