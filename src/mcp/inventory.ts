import type { ProviderRow } from '../agents/provider-schema.ts';
import type { AppContext } from '../workers/core/context.ts';
import { takeInventory } from '../workers/queries/inventory.ts';
import { usageForHost } from './untrusted.ts';

interface Asked {
  include_usage: boolean;
  detail: 'summary' | 'full';
}

/** Models of one provider in a summary: some agents list more than a hundred. get_provider_models has all. */
const MOST_MODELS = 24;

/**
 * The inventory for a model. A summary has what it needs to choose a provider and a model: the installed agents, and
 * the names of the others.
 */
export async function inventoryForHost(app: AppContext, { include_usage, detail }: Asked) {
  const { providers, ...inventory } = await takeInventory(app, { includeFakes: detail === 'full' });
  const rows = providers.map((row) => ({
    ...row,
    usage: include_usage && row.usage ? usageForHost(row.usage) : null,
  }));
  if (detail === 'full') return { ...inventory, providers: rows };
  const { digest, path, exists } = inventory.preferences;
  return {
    ...inventory,
    preferences: { path, exists, ...(exists ? { digest } : {}), read_with: 'get_delegation_preferences' },
    providers: rows.filter(({ installed }) => installed).map(inShort),
    not_installed: rows.filter(({ installed }) => !installed).map(({ id }) => id),
    detail,
  };
}

function inShort({
  id,
  display_name,
  vendor,
  version,
  auth,
  models,
  usage,
  warnings,
  metadata,
  capabilities,
}: ProviderRow) {
  return {
    ...{ id, display_name, vendor, version },
    installed: true,
    auth: { status: auth.status, reason: auth.reason },
    models: models.slice(0, MOST_MODELS).map((model) => ({ id: model.id, ...effortsOf(model.metadata) })),
    ...(models.length > MOST_MODELS ? { more_models: models.length - MOST_MODELS } : {}),
    default_model: metadata.default_model ?? null,
    usage: usage && {
      ...{ status: usage.status, plan: usage.plan, stale: usage.stale, reset_at: usage.reset_at },
      windows: usage.windows.map(({ name, remaining_percent, reset_at }) => ({
        name,
        remaining_percent,
        reset_at,
      })),
    },
    capabilities,
    warnings,
  };
}

function effortsOf({ reasoning }: ProviderRow['models'][number]['metadata']) {
  const { supported } = (reasoning ?? {}) as { supported?: readonly string[] };
  return supported ? { reasoning_efforts: supported } : {};
}
