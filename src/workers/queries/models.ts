import { homedir } from 'node:os';
import { isDeepStrictEqual } from 'node:util';
import Type, { type Static } from 'typebox';
import { detectAgents, detectOptions, madeProbeFolder } from '../../agents/cached-detection.ts';
import { locate } from '../../agents/contract/locate.ts';
import { askModels } from '../../agents/inventory.ts';
import type { DetectionPlace } from '../../agents/last-detected.ts';
import { type CatalogueFile, catalogue, readCatalogue, type Validation } from '../../agents/models.ts';
import { ProviderModels } from '../../agents/provider-schema.ts';
import { descriptorsOf } from '../../agents/registry.ts';
import { providerOfKey } from '../../config/accounts.ts';
import { readPreferences } from '../../config/preferences.ts';
import { Preferences } from '../../config/preferences-schema.ts';
import { isFake } from '../../config/provider-ids.ts';
import type { Config } from '../../config/schema.ts';
import type { LedgerEvent } from '../../events/catalogue/index.ts';
import type { ModelDescriptor } from '../../events/catalogue/providers.ts';
import { flag, list } from '../../lib/shapes.ts';
import { listedModels, modelsListed } from '../../projections/listed-models.ts';
import { openReader } from '../../projections/reader.ts';

import type { AppContext } from '../core/context.ts';

export const ListedModels = Type.Object(
  { ...ProviderModels.properties, installed: flag },
  { title: 'ProviderModels', description: 'The models of one agent, and how to choose one.' },
);

export const ModelList = Type.Object({ providers: list(ListedModels), preferences: Preferences });
export type ModelList = Static<typeof ModelList>;

/**
 * The models of each provider: our own list, overlaid by what its agent last listed, the user's catalogues and
 * config.yaml.
 */
export async function modelCatalogue({ config, paths, env }: DetectionPlace): Promise<ProviderModels[]> {
  const descriptors = await descriptorsOf(config);
  const known = descriptors.map(({ id }) => id);
  const files = await cataloguesOf(config, known, env.HOME || homedir());
  const detected = knownLists(paths.ledger);
  return catalogue({ descriptors, detected, files, configured: configuredModels(config) });
}

/** What agents last listed; nothing if there is no ledger yet. */
function knownLists(ledger: string): Record<string, ModelDescriptor[]> {
  const reader = openReader(ledger, [listedModels]);
  try {
    return reader ? modelsListed(reader) : {};
  } finally {
    reader?.close();
  }
}

/** Asks the agents that support it for their models, without a login and without a turn, and records new lists. */
export async function refreshModels(app: AppContext, only: readonly string[] | null): Promise<void> {
  const wanted = (await descriptorsOf(app.config)).filter(({ id }) => only?.includes(id) ?? true);
  const asking = { env: app.env, workdir: madeProbeFolder(app.paths) };
  const lists = await askModels(wanted, await detectAgents(app), asking);
  for (const [provider, models] of Object.entries(lists)) recordModels(app, provider, models);
}

/** Appends a list if it differs from the last one of that agent; false if it does not. */
export function recordModels(
  { ledger, actor }: AppContext,
  provider: string,
  models: ModelDescriptor[],
): boolean {
  // Compared within the append's transaction: two processes that ask at once append one event.
  if (ledger.store.isReadOnly) return false;
  return ledger.store.transaction(() => {
    const before = modelsListed(ledger)[provider];
    if (before && isDeepStrictEqual(before, models)) return false;
    const data = { provider_id: provider, models };
    const event = { type: 'provider.models_listed', data } satisfies Partial<LedgerEvent>;
    ledger.store.append(`provider/${provider}`, [event], { actor });
    return true;
  });
}

/** The models of all providers, or of these only, and which of them are installed. */
export async function listModels(place: DetectionPlace, only: readonly string[] | null): Promise<ModelList> {
  const models = await modelCatalogue(place);
  const descriptors = await descriptorsOf(place.config);
  // The accounts of an agent have the same models.
  const ids = only?.map(providerOfKey);
  const wanted = models.filter(({ provider_id }) => ids?.includes(provider_id) ?? true);
  const providers = await Promise.all(
    wanted.map(async (listed) => {
      const descriptor = descriptors.find(({ id }) => id === listed.provider_id);
      const words =
        descriptor && !isFake(descriptor.id) ? await locate(descriptor, detectOptions(place)) : [];
      return { ...listed, installed: words !== null };
    }),
  );
  return { providers, preferences: readPreferences(place.paths.preferences) };
}

/** The errors of one catalogue file, or of all that config.yaml names. */
export async function validateModels(place: DetectionPlace, path: string | undefined): Promise<Validation> {
  const { config, env } = place;
  const known = (await descriptorsOf(config)).map(({ id }) => id);
  const paths = path === undefined ? config.model_catalog_paths : [path];
  const read = await Promise.all(paths.map((each) => readCatalogue(each, known, env.HOME || homedir())));
  const [only] = read;
  if (read.length === 1 && only) {
    const { catalogue: _, ...validation } = only;
    return validation;
  }
  return {
    ok: read.every(({ ok }) => ok),
    path: read.length === 0 ? 'built in' : read.map((each) => each.path).join(', '),
    errors: read.flatMap((each) => each.errors.map((error) => `${each.path}: ${error}`)),
    warnings: read.flatMap((each) => each.warnings.map((warning) => `${each.path}: ${warning}`)),
  };
}

/** The user's own catalogues without those that have errors; `agentpool models validate` reports the errors. */
async function cataloguesOf(
  config: Config,
  known: readonly string[],
  home: string,
): Promise<CatalogueFile[]> {
  const read = await Promise.all(config.model_catalog_paths.map((path) => readCatalogue(path, known, home)));
  return read.flatMap(({ catalogue: file }) => (file ? [file] : []));
}

function configuredModels({ providers, custom_providers }: Config) {
  const ours = Object.entries(providers).map(([id, { models }]) => [id, models] as const);
  return Object.fromEntries([...ours, ...custom_providers.map(({ id, models }) => [id, models] as const)]);
}
