import { detectAgents } from '../../agents/cached-detection.ts';
import type { Detected } from '../../agents/contract/locate.ts';
import { allAgents } from '../../agents/registry.ts';
import { versionsSeen } from '../../agents/screen-rules.ts';
import { loadLastValidConfig } from '../../config/file/load.ts';
import { enabledProvider } from '../../config/named-provider.ts';
import { type Env, homeFolder } from '../../config/paths.ts';
import { shortName } from '../../config/provider-ids.ts';
import type { Config } from '../../config/schema.ts';
import { AgentPoolError } from '../../lib/errors.ts';
import { shell } from '../../lib/text/shell.ts';
import { type Checkable, checkAgent } from './check-agent.ts';
import type { CheckedAgent, CheckedStep, DetectorsChecked } from './schema.ts';

export interface CheckRequest {
  /** Short or full; none for all that are installed and can be checked. */
  agents: readonly string[];
  /** The folder that keeps every screen with its label; null for none. */
  screens: string | null;
  timeoutSeconds: number;
  /** Ends the check; what is known by then is reported. */
  signal: AbortSignal;
  onAgent(agent: Pick<CheckedAgent, 'provider' | 'version'>): void;
  onStep(provider: string, step: CheckedStep): void;
}

/**
 * Leads installed agents through their screens, one after the other, and compares what AgentPool reads with what the
 * model knows.
 * @throws PROVIDER_NOT_FOUND, PROVIDER_DISABLED, PROVIDER_NOT_INSTALLED, NO_REHEARSAL
 */
export async function checkDetectors(env: Env, request: CheckRequest): Promise<DetectorsChecked> {
  const home = homeFolder(env);
  const { config, paths } = await loadLastValidConfig(home, env);
  const detected = await detectAgents({ config, paths, env, max_wait_ms: VERSION_MS });
  const rehearsing = await rehearsingAgents(detected, paths.detectors);
  const { screens, signal, onAgent, onStep } = request;
  const agents: CheckedAgent[] = [];
  const wanted = chosen(request.agents, rehearsing, config);
  for (const agent of wanted) {
    if (signal.aborted) break;
    onAgent(agent);
    agents.push(
      await checkAgent(agent, {
        env,
        detectors: paths.detectors,
        missed: `${paths.run}/unrecognised`,
        screens,
        timeoutMs: request.timeoutSeconds * 1000,
        signal,
        onStep,
      }),
    );
  }
  const stopped_at = signal.aborted ? stoppedAt(agents, wanted) : null;
  return { ok: stopped_at === null && agents.every(({ ok }) => ok), agents, stopped_at, screens };
}

/** What was to be tried next when the check was interrupted; null if all was done by then. */
function stoppedAt(
  agents: readonly CheckedAgent[],
  wanted: readonly Checkable[],
): DetectorsChecked['stopped_at'] {
  const last = agents.at(-1);
  const step = last?.steps.find(({ outcome }) => outcome === 'skipped')?.step;
  if (last && step) return { provider: last.provider, step };
  const next = wanted[agents.length];
  return next ? { provider: next.provider, step: null } : null;
}

/** How long a program may take to say its version, in milliseconds: agents load a whole runtime for that. */
const VERSION_MS = 45_000;

interface Rehearsing {
  provider: string;
  /** Null where it is not installed. */
  installed: Checkable | null;
}

async function rehearsingAgents(detected: readonly Detected[], detectors: string): Promise<Rehearsing[]> {
  const agents = (await allAgents()).filter(({ rehearsal }) => rehearsal !== undefined);
  return Promise.all(
    agents.map(async ({ descriptor: { id: provider }, rehearsal }) => {
      const found = detected.find(({ id }) => id === provider);
      const how = await rehearsal?.();
      if (!found?.command || !how) return { provider, installed: null };
      const { version, command } = found;
      const versions = versionsSeen(provider, detectors);
      return { provider, installed: { provider, version, versions, command, rehearsal: how } };
    }),
  );
}

function chosen(names: readonly string[], rehearsing: readonly Rehearsing[], config: Config): Checkable[] {
  const installed = rehearsing.flatMap(({ installed }) => installed ?? []);
  if (names.length === 0) {
    if (installed.length > 0) return installed;
    throw notInstalled(
      'No agent that can be checked is installed',
      rehearsing.map(({ provider }) => provider),
      installed,
    );
  }
  const ids = new Set(names.map((name) => enabledProvider(config, name, checking)));
  return [...ids].map((id) => {
    const known = rehearsing.find(({ provider }) => provider === id);
    if (known?.installed) return known.installed;
    if (known) throw notInstalled(`${id} is not installed`, [id], installed);
    throw new AgentPoolError(
      'NO_REHEARSAL',
      `${id} cannot be checked: it does not run against a mock of its model. ${checkable(rehearsing)}`,
      { provider_id: id, example: checking(first(installed) ?? 'claude') },
    );
  });
}

const checking = (provider: string): string => shell`agentpool detectors check ${shortName(provider)}`;

const first = (installed: readonly Checkable[]): string | undefined => installed[0]?.provider;

function notInstalled(what: string, wanted: readonly string[], installed: readonly Checkable[]) {
  const there = installed.map(({ provider }) => provider).join(', ');
  const rest =
    there === '' ? `These can be checked: ${wanted.join(', ')}.` : `Installed and can be checked: ${there}.`;
  return new AgentPoolError('PROVIDER_NOT_INSTALLED', `${what}. ${rest}`, {
    provider_id: wanted[0] ?? '',
    example: there === '' ? 'agentpool providers' : checking(first(installed) ?? ''),
  });
}

const checkable = (rehearsing: readonly Rehearsing[]): string =>
  `These can be: ${rehearsing
    .map(({ provider, installed }) => (installed ? provider : `${provider} (not installed)`))
    .join(', ')}.`;
