import { mkdtempSync, rmSync } from 'node:fs';
import { homedir, tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Env, Paths } from '../config/paths.ts';
import { type Preferences, readPreferences } from '../config/preferences.ts';
import type { Config } from '../config/schema.ts';
import { descriptorsOf } from '../providers/descriptors.ts';
import { detectAll } from '../providers/detect.ts';
import { type ProviderRow, providerRow } from '../providers/inventory.ts';
import { type CatalogueFile, catalogue, readCatalogue } from '../providers/models.ts';

export interface Runtime {
  kind: string;
  available: boolean;
  default: boolean;
  enabled: boolean;
  path: string | null;
}

export interface Inventory {
  checked_at: string;
  policy: Config['policy'];
  preferences: Preferences;
  providers: ProviderRow<never>[];
  runtimes: Runtime[];
}

export interface InventoryPlace {
  config: Config;
  paths: Paths;
  env: Env;
  runtimes: Runtime[];
}

/**
 * Which agents are installed and signed in, what they can be given, and what the caller may do. Looks at this machine
 * only; nobody's limits are asked for, so `usage` is null.
 */
export async function takeInventory({ config, paths, env, runtimes }: InventoryPlace): Promise<Inventory> {
  const descriptors = descriptorsOf(config);
  const home = env.HOME || homedir();
  const files = await cataloguesOf(
    config,
    descriptors.map(({ id }) => id),
    home,
  );
  const models = catalogue({ descriptors, files, configured: configuredModels(config) });
  // An agent that is asked for its version must not find anybody's project settings.
  const workdir = mkdtempSync(join(tmpdir(), 'agentpool-inventory-'));
  try {
    const detected = await detectAll(descriptors, {
      env,
      home,
      workdir,
      now: () => new Date(),
      execPath: process.execPath,
      configured: config.providers,
    });
    const providers = descriptors.flatMap((descriptor, index) => {
      const [found, known] = [detected[index], models[index]];
      return found && known ? [providerRow<never>(descriptor, found, known, null)] : [];
    });
    return {
      checked_at: new Date().toISOString(),
      policy: config.policy,
      preferences: readPreferences(paths.preferences),
      providers,
      runtimes,
    };
  } finally {
    rmSync(workdir, { recursive: true, force: true });
  }
}

/** The user's own catalogues; one that has an error is left out, `agentpool models validate` says why. */
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
