import type { Account } from '../config/accounts.ts';
import { type ChildSpec, type Finished, runToEnd } from '../lib/process/child.ts';
import type { ModelDescriptor, ProviderDescriptor } from './contract/descriptor.ts';
import type { Detected } from './contract/locate.ts';
import type { AccountRow, ProviderModels, ProviderRow } from './provider-schema.ts';

export function providerRow(
  descriptor: ProviderDescriptor,
  detected: Detected,
  { models, provider_id: _, ...settings }: ProviderModels,
  usage: ProviderRow['usage'],
  accounts: ProviderRow['accounts'],
): ProviderRow {
  const { id, display_name, vendor, harness, plan } = descriptor;
  const { installed, binary_path, version, auth, warnings } = detected;
  return {
    id,
    display_name,
    vendor,
    harness,
    installed,
    binary_path,
    version,
    auth,
    models,
    runtimes: installed && !plan ? ['tmux'] : [],
    capabilities: installed ? [...descriptor.capabilities] : [],
    usage,
    accounts,
    warnings,
    metadata: { ...settings, ...(detected.command === null ? {} : { command: detected.command }) },
  };
}

/** One login, with what detection found of it. */
export const accountRow = (
  { key, provider, name, config }: Account,
  found: Detected | undefined,
): AccountRow => ({
  key,
  provider_id: provider,
  name,
  folder: config?.folder ?? null,
  auth: found
    ? { status: found.auth.status, confidence: found.auth.confidence, reason: found.auth.reason }
    : { status: 'unknown', confidence: 'unknown', reason: 'not looked for' },
});

export interface ModelListOptions {
  env: Readonly<Record<string, string | undefined>>;
  workdir: string;
  /** Some load a whole runtime before they print a list. */
  timeout_ms?: number;
  run?: (spec: ChildSpec, signal: AbortSignal) => Promise<Finished>;
}

/** Asks every installed agent that can say it for its models. One that says nothing is left out: our list holds. */
export async function askModels(
  descriptors: readonly ProviderDescriptor[],
  detected: readonly Detected[],
  options: ModelListOptions,
): Promise<Record<string, ModelDescriptor[]>> {
  const { env, workdir: cwd, timeout_ms = 10_000, run = runToEnd } = options;
  const found = await Promise.all(
    descriptors.map(async ({ id, model_list }) => {
      const [command, ...first] = detected.find((each) => each.id === id)?.command ?? [];
      if (!model_list || command === undefined) return [];
      const spec = { command, args: [...first, ...model_list.args], env: { ...env, NO_COLOR: '1' }, cwd };
      const models = model_list.parse((await run(spec, AbortSignal.timeout(timeout_ms))).stdout);
      return models.length > 0 ? [[id, models] as const] : [];
    }),
  );
  return Object.fromEntries(found.flat());
}
