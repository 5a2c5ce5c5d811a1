import Type, { type Static } from 'typebox';
import { detectAgents } from '../../agents/cached-detection.ts';
import { accountRow, providerRow } from '../../agents/inventory.ts';
import type { DetectionPlace } from '../../agents/last-detected.ts';
import { AccountRow, ProviderRow } from '../../agents/provider-schema.ts';
import { descriptorsOf } from '../../agents/registry.ts';
import { accountsOf, allAccounts } from '../../config/accounts.ts';
import { readPreferences } from '../../config/preferences.ts';
import { Preferences } from '../../config/preferences-schema.ts';
import { isAgent, isFake } from '../../config/provider-ids.ts';
import { configSchema } from '../../config/schema.ts';
import { flag, instant, list, nullable, text } from '../../lib/shapes.ts';
import { openReader, type Rows } from '../../projections/reader.ts';
import { usageSummary } from '../../projections/usage/usage-summary.ts';
import { currentSamples } from '../../usage/capacity/current.ts';
import { programPath } from '../core/setup/programs.ts';
import { modelCatalogue } from './models.ts';

export const Runtime = Type.Object({
  kind: text,
  available: flag,
  default: flag,
  enabled: flag,
  path: nullable(text),
});
export type Runtime = Static<typeof Runtime>;

export const Inventory = Type.Object(
  {
    checked_at: instant,
    policy: configSchema.properties.policy,
    preferences: Preferences,
    providers: list(ProviderRow),
    runtimes: list(Runtime),
  },
  {
    title: 'Inventory',
    description:
      'Which agents are installed and signed in, their capabilities and limits, and what the caller may do.',
  },
);
export type Inventory = Static<typeof Inventory>;

export const AccountList = Type.Object(
  { accounts: list(AccountRow) },
  { description: 'The logins of every agent: the default one of the environment, and those of config.yaml.' },
);
export type AccountList = Static<typeof AccountList>;

export const ProviderList = Type.Object({ providers: list(ProviderRow), preferences: Preferences });
export type ProviderList = Static<typeof ProviderList>;

/**
 * Which agents are installed and signed in, their capabilities, the recorded limits, and what the caller may do. Looks
 * only at this machine: no provider is asked for limits. Our own fakes are left out unless they are asked for.
 */
export async function takeInventory(
  place: DetectionPlace,
  { includeFakes = false }: { includeFakes?: boolean } = {},
): Promise<Inventory> {
  const listed = await listProviders(place);
  const providers = includeFakes ? listed : listed.filter(({ id }) => !isFake(id));
  const now = new Date();
  const reader = openReader(place.paths.ledger, [usageSummary]);
  try {
    const inputs = {
      config: place.config,
      ids: providers.map(({ id }) => id),
      detected: providers,
      now,
    };
    const samples = currentSamples(reader ?? NOTHING, inputs);
    return {
      checked_at: now.toISOString(),
      policy: place.config.policy,
      preferences: readPreferences(place.paths.preferences),
      providers: providers.map((row, index) => ({ ...row, usage: samples[index] ?? null })),
      runtimes: [tmuxRuntime(place)],
    };
  } finally {
    reader?.close();
  }
}

/** For a ledger that does not exist yet, or cannot be read: nothing is known. */
const NOTHING: Rows = { all: () => [], get: () => undefined };

/** Which agents are installed and signed in, and their capabilities. */
export async function listProviders(place: DetectionPlace): Promise<ProviderRow[]> {
  const [models, detected, descriptors] = await Promise.all([
    modelCatalogue(place),
    detectAgents(place),
    descriptorsOf(place.config),
  ]);
  return descriptors.flatMap((descriptor, index) => {
    const found = (key: string) => detected.find(({ id }) => id === key);
    const [own, known] = [found(descriptor.id), models[index]];
    const accounts = accountsOf(place.config, descriptor.id).slice(1);
    return own && known
      ? [
          providerRow(
            descriptor,
            own,
            known,
            null,
            accounts.map((account) => accountRow(account, found(account.key))),
          ),
        ]
      : [];
  });
}

function tmuxRuntime({ config, env }: DetectionPlace): Runtime {
  const path = programPath('tmux', env);
  return {
    kind: 'tmux',
    available: path !== null,
    default: config.runtime.default === 'tmux',
    enabled: true,
    path,
  };
}

/** Every account of every enabled provider, and whether it is signed in. */
export async function listAccounts(place: DetectionPlace): Promise<AccountList> {
  const detected = await detectAgents(place);
  const accounts = allAccounts(place.config)
    .filter(({ provider }) => isAgent(provider))
    .map((account) =>
      accountRow(
        account,
        detected.find(({ id }) => id === account.key),
      ),
    );
  return { accounts };
}
