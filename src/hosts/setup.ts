import type { DetectionPlace } from '../providers/last-detected.ts';
import type { ProviderModels } from '../providers/models.ts';
import { type Inventory, takeInventory } from '../workers/inventory.ts';
import { type ModelList, modelCatalogue } from '../workers/models.ts';
import type { Host } from './host.ts';
import { hostNamed } from './hosts.ts';
import { type McpConfig, mcpConfig } from './mcp-config.ts';
import { type AskedPlace, registrationOf } from './registration.ts';
import { serverCommand } from './server-command.ts';
import { editorCheck, providerChecks, registrationCheck, type SetupCheck } from './setup-checks.ts';
import type { SetupTarget } from './targets.ts';

export interface SetupWish {
  /** Who was just asked for limits; null where the ledger alone is told. */
  backend: string | null;
  skipUsage: boolean;
  /** Whether hosts start our server by whole paths. */
  absolute: boolean;
}

export interface SetupReport {
  /** False where something stands in the way of its work. */
  ok: boolean;
  target: string;
  display_name: string;
  kind: 'provider' | 'mcp_host';
  provider_id: string | null;
  checks: SetupCheck[];
  /** What the checks would have you do. */
  actions: string[];
  manual_steps: string[];
  next_commands: string[];
  mcp_config: McpConfig;
  /** The agent as `agentpool inventory` and `agentpool models` tell of it; null for a host that is none. */
  provider: Inventory['providers'][number] | null;
  models: ModelList['providers'][number] | null;
  usage_backend: string;
  setup_doc: string;
  does_not: string[];
}

/** What no setup does, whatever it finds. */
export const DOES_NOT = [
  'install an agent or sign you in',
  'edit a file of yours',
  'register itself with a host: mcp-config --apply does, through the host',
  'start a worker or spend a model turn',
];

/** Looks whether each target is ready, and says what to do where it is not. Changes nothing. */
export async function setUp(
  detection: DetectionPlace,
  targets: readonly SetupTarget[],
  wish: SetupWish,
  { home, platform, cwd }: Pick<AskedPlace, 'home' | 'platform' | 'cwd'>,
): Promise<SetupReport[]> {
  const backend = wish.backend ?? 'ledger';
  const { env, config: loaded } = detection;
  const inventory = await takeInventory(detection);
  const models = await modelCatalogue(detection);
  const place: AskedPlace = { env, home, platform, config: loaded, cwd };
  const server = serverCommand(env, { absolute: wish.absolute });
  return Promise.all(
    targets.map(async (target) => {
      const host = hostNamed(target.host);
      const provider = inventory.providers.find(({ id }) => id === target.provider) ?? null;
      const config = mcpConfig(host, server, place);
      const looked = provider
        ? providerChecks(provider, { backend, skipUsage: wish.skipUsage })
        : [editorCheck(host, place)];
      const there = looked[0]?.ok !== false;
      const checks = [...looked, registrationCheck(await registrationOf(host, place), config, there)];
      return report(target, {
        host,
        checks,
        config,
        backend,
        provider: provider && wish.skipUsage ? { ...provider, usage: null } : provider,
        models: modelsOf(models, provider),
      });
    }),
  );
}

function modelsOf(
  all: readonly ProviderModels[],
  provider: SetupReport['provider'],
): ModelList['providers'][number] | null {
  const found = all.find(({ provider_id }) => provider_id === provider?.id);
  return found && provider ? { ...found, installed: provider.installed } : null;
}

interface Found {
  host: Host;
  checks: SetupCheck[];
  config: McpConfig;
  backend: string;
  provider: SetupReport['provider'];
  models: SetupReport['models'];
}

function report(
  target: SetupTarget,
  { host, checks, config, backend, provider, models }: Found,
): SetupReport {
  const ok = checks.every((check) => check.ok !== false);
  const open = checks.filter((check) => check.ok !== true && check.action !== null);
  return {
    ok,
    target: target.id,
    display_name: provider?.display_name ?? host.display_name,
    kind: target.provider ? 'provider' : 'mcp_host',
    provider_id: target.provider,
    checks,
    actions: open.flatMap(({ action }) => action ?? []),
    manual_steps: config.install.instructions,
    next_commands: nextCommands(target, { ok, registered: checks.at(-1)?.ok === true }),
    mcp_config: config,
    provider,
    models,
    usage_backend: backend,
    setup_doc: target.setup_doc,
    does_not: DOES_NOT,
  };
}

function nextCommands(
  { id, provider, host }: SetupTarget,
  { ok, registered }: { ok: boolean; registered: boolean },
): string[] {
  const apply = `agentpool mcp-config --client ${host} --install`;
  if (!ok) return [`agentpool setup ${id}`];
  return [
    ...(provider ? [`agentpool usage --provider ${provider}`] : []),
    ...(registered ? [] : [apply]),
    ...(provider ? [`agentpool spawn --provider ${provider} --task "Look for the parser"`] : []),
    ...(provider ? [] : ['agentpool doctor']),
  ];
}

/** One row a target, for a table of all. */
export interface SetupRow {
  target: string;
  display_name: string;
  provider_id: string | null;
  ok: boolean;
  installed: boolean;
  binary: string;
  sign_in: string;
  usage_ok: boolean | null;
  usage_status: string | null;
  usage_message: string;
  mcp_config: string;
  /** The first thing to do; empty where there is none. */
  action: string;
}

export function setupRow({
  target,
  display_name,
  provider_id,
  ok,
  checks,
  provider,
  actions,
}: SetupReport): SetupRow {
  const check = (name: SetupCheck['name']) => checks.find((each) => each.name === name);
  const usage = check('usage');
  return {
    target,
    display_name,
    provider_id,
    ok,
    installed: check('installed')?.ok === true,
    binary: provider?.binary_path ?? '',
    sign_in: check('sign_in')?.status ?? '',
    usage_ok: usage?.ok ?? null,
    usage_status: usage?.status ?? null,
    usage_message: usage?.message ?? '',
    mcp_config: check('mcp')?.status ?? 'unknown',
    action: actions[0] ?? '',
  };
}

export interface SetupOfAll {
  /** An agent is ready, and none that is installed has a fault. */
  ok: boolean;
  targets: string[];
  rows: SetupRow[];
  results: SetupReport[];
  does_not: string[];
}

export function setupOfAll(results: SetupReport[]): SetupOfAll {
  const rows = results.map(setupRow);
  const there = rows.filter(({ installed, provider_id }) => installed && provider_id !== null);
  return {
    ok: there.length > 0 && there.every(({ ok }) => ok),
    targets: results.map(({ target }) => target),
    rows,
    results,
    does_not: DOES_NOT,
  };
}
