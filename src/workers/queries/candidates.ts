import { fullProviderId, isFake } from '../../config/provider-ids.ts';
import { AgentPoolError } from '../../lib/errors.ts';
import { didYouMean } from '../../lib/suggest.ts';
import type { CapacityRow } from '../../usage/capacity/capacity.ts';
import type { AppContext } from '../core/context.ts';
import { knownCapacity } from './capacity.ts';
import { listProviders } from './inventory.ts';

export interface CandidateFilter {
  requiredCapabilities: readonly string[];
  /** Usage statuses that exclude a provider. */
  avoidStatuses: readonly string[];
  /** Only these; null for all. */
  allowedProviders: readonly string[] | null;
  /** Whether to include a provider whose limits are unknown. */
  includeUnknown: boolean;
}

export interface ProviderCandidate {
  provider_id: string;
  capabilities: string[];
  usage: CapacityRow | null;
}

/**
 * The installed providers that meet the caller's own conditions, in the order of every list, and why the others do
 * not. It recommends nothing.
 * @throws PROVIDER_NOT_FOUND for an allowed provider that does not exist.
 */
export async function filterCandidates(app: AppContext, filter: CandidateFilter) {
  const { custom_providers } = app.config;
  const allowed = filter.allowedProviders?.map((name) => fullProviderId(name, custom_providers)) ?? null;
  const request = { ...filter, allowedProviders: allowed };
  const providers = await listProviders(app);
  const unknown = request.allowedProviders?.find((id) => providers.every((provider) => provider.id !== id));
  if (unknown !== undefined) {
    const known = providers.map(({ id }) => id);
    throw new AgentPoolError(
      'PROVIDER_NOT_FOUND',
      `There is no provider ${unknown}.${didYouMean(unknown, known)} Known: ${known.join(', ')}.`,
      { provider_id: unknown, known },
    );
  }
  const capacity = knownCapacity(app).providers;
  const candidates: ProviderCandidate[] = [];
  const excluded: { provider_id: string; reason: string }[] = [];
  // A fake is a candidate only for a caller that names it.
  const examined = providers.filter(({ id }) => !isFake(id) || request.allowedProviders?.includes(id));
  for (const { id, installed, capabilities, runtimes } of examined) {
    const usage = capacity[id] ?? null;
    const reason = whyNot(
      { id, installed, capabilities, runtimes, status: usage?.status ?? 'unknown' },
      request,
    );
    if (reason === null) candidates.push({ provider_id: id, capabilities, usage });
    else excluded.push({ provider_id: id, reason });
  }
  return { candidates, excluded };
}

interface Examined {
  id: string;
  installed: boolean;
  capabilities: readonly string[];
  runtimes: readonly string[];
  status: string;
}

function whyNot(
  { id, installed, capabilities, runtimes, status }: Examined,
  request: CandidateFilter,
): string | null {
  if (request.allowedProviders && !request.allowedProviders.includes(id))
    return 'not among the allowed providers';
  if (!installed) return 'not installed';
  if (runtimes.length === 0) return 'a plan without a program of its own';
  const lacking = request.requiredCapabilities.filter((name) => !capabilities.includes(name));
  if (lacking.length > 0) return `lacks ${lacking.join(', ')}`;
  if (request.avoidStatuses.includes(status)) return `its status is ${status}`;
  if (status === 'unknown' && !request.includeUnknown) return 'its limits are unknown';
  return null;
}
