import Type, { type Static } from 'typebox';
import type { DetectionPlace } from '../agents/last-detected.ts';
import type { ProviderModels } from '../agents/models.ts';
import { ProviderRow } from '../agents/provider-schema.ts';
import { loadAgent } from '../agents/registry.ts';
import { flag, list, noted, nullable, oneOf, text } from '../lib/shapes.ts';
import { shell } from '../lib/text/shell.ts';
import { takeInventory } from '../workers/queries/inventory.ts';
import { ListedModels, modelCatalogue } from '../workers/queries/models.ts';
import type { Host } from './host.ts';
import { hostNamed } from './hosts.ts';
import { McpConfig, mcpConfig } from './mcp-config.ts';
import { type AskedPlace, registrationOf } from './registration.ts';
import { serverCommand } from './server-command.ts';
import { editorCheck, providerChecks, registrationCheck, SetupCheck } from './setup-checks.ts';
import type { SetupTarget } from './targets.ts';

export interface SetupOptions {
  /** What was just asked for limits; null where only the ledger is read. */
  backend: string | null;
  skipUsage: boolean;
  /** Whether hosts start our server by whole paths. */
  absolute: boolean;
}

export const SetupReport = Type.Object(
  {
    ok: noted(flag, 'False where something keeps it from working.'),
    target: text,
    display_name: text,
    kind: oneOf(['provider', 'mcp_host']),
    provider_id: nullable(text),
    checks: list(SetupCheck),
    actions: noted(list(text), 'What the checks would have you do.'),
    manual_steps: list(text),
    next_commands: list(text),
    mcp_config: McpConfig,
    provider: noted(
      nullable(ProviderRow),
      'The agent as `agentpool inventory` shows it; null for a host that is no agent.',
    ),
    models: noted(nullable(ListedModels), 'Its models as `agentpool models` shows them.'),
    usage_backend: text,
    setup_doc: text,
    does_not: list(text),
  },
  { title: 'SetupReport', description: 'Whether one target is ready, and what to do where it is not.' },
);
export type SetupReport = Static<typeof SetupReport>;

/** What no setup does, whatever it finds. */
export const DOES_NOT = [
  'install an agent or sign you in',
  'edit a file of yours',
  'register itself with a host: mcp-config --apply does, through the host',
  'start a worker or spend a model turn',
];

/** Checks each target and suggests what to do. Changes nothing. */
export async function setUp(
  detection: DetectionPlace,
  targets: readonly SetupTarget[],
  request: SetupOptions,
  { home, platform, cwd }: Pick<AskedPlace, 'home' | 'platform' | 'cwd'>,
): Promise<SetupReport[]> {
  const backend = request.backend ?? 'ledger';
  const { env, config: loaded } = detection;
  const inventory = await takeInventory(detection);
  const models = await modelCatalogue(detection);
  const place: AskedPlace = { env, home, platform, config: loaded, cwd };
  const server = serverCommand(env, { absolute: request.absolute });
  return Promise.all(
    targets.map(async (target) => {
      const agent = target.provider && (await loadAgent(target.provider));
      const host = hostNamed(target.host);
      const provider = inventory.providers.find(({ id }) => id === target.provider) ?? null;
      const config = mcpConfig(host, server, place);
      const looked =
        provider && agent
          ? providerChecks(provider, agent.descriptor, { backend, skipUsage: request.skipUsage })
          : [editorCheck(host, place)];
      const there = looked[0]?.ok !== false;
      const checks = [...looked, registrationCheck(await registrationOf(host, place), config, there)];
      return report(target, {
        host,
        checks,
        config,
        backend,
        provider: provider && request.skipUsage ? { ...provider, usage: null } : provider,
        models: modelsOf(models, provider),
      });
    }),
  );
}

function modelsOf(
  all: readonly ProviderModels[],
  provider: SetupReport['provider'],
): Static<typeof ListedModels> | null {
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
  const apply = shell`agentpool mcp-config --client ${host} --install`;
  if (!ok) return [shell`agentpool setup ${id}`];
  return [
    ...(provider ? [shell`agentpool usage --provider ${provider}`] : []),
    ...(registered ? [] : [apply]),
    ...(provider ? [shell`agentpool spawn --provider ${provider} --task "Look for the parser"`] : []),
    ...(provider ? [] : ['agentpool doctor']),
  ];
}

/** One row a target, for a table of all. */
export const SetupRow = Type.Object(
  {
    target: text,
    display_name: text,
    provider_id: nullable(text),
    ok: flag,
    installed: flag,
    binary: text,
    sign_in: text,
    usage_ok: nullable(flag),
    usage_status: nullable(text),
    usage_message: text,
    mcp_config: text,
    action: noted(text, 'The first thing to do; empty where there is none.'),
  },
  { title: 'SetupRow' },
);
export type SetupRow = Static<typeof SetupRow>;

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

export const SetupOfAll = Type.Object(
  {
    ok: noted(flag, 'An agent is ready, and none that is installed has a fault.'),
    targets: list(text),
    rows: list(SetupRow),
    results: list(SetupReport),
    does_not: list(text),
  },
  { title: 'SetupOfAll', description: 'The same of every target.' },
);
export type SetupOfAll = Static<typeof SetupOfAll>;

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
