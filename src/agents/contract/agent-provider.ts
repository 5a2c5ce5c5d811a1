import { tmpdir } from 'node:os';
import type { Config } from '../../config/schema.ts';
import { AgentPoolError } from '../../lib/errors.ts';
import { shell } from '../../lib/text/shell.ts';
import type { ModelSettings, ProviderDescriptor } from './descriptor.ts';
import { locate } from './locate.ts';
import { type Launch, type LaunchRequest, LINE_SUBMIT, type Provider, type SubmitStyle } from './provider.ts';

/** How one agent is started and typed into: what its descriptor does not say. One file an agent. */
export interface AgentLaunch {
  descriptor: ProviderDescriptor;
  submit: Partial<SubmitStyle>;
  interruptKeys: readonly string[];
  dialogWords?: Provider['dialogWords'];
  widest?: number;
  listens?: Provider['listens'];
  follow?: Provider['follow'];
  /** The arguments, variables and files of one start. The prompt is not among them. */
  start(
    request: LaunchRequest,
    settings: ModelSettings,
  ): Partial<Omit<Launch, 'command'>> & { args: string[] };
  /** The words at the end of the command that hand over the prompt. */
  promptArgs(prompt: string): string[];
}

/** An agent of another vendor, found on this machine and started for one task; nothing of its user's config is edited. */
export function agentProvider(launch: AgentLaunch, configured: Config['providers']): Provider {
  const { descriptor } = launch;
  const { id, display_name, harness, settings } = descriptor;
  return {
    id,
    displayName: display_name,
    harness,
    rules: id,
    promptMode: settings.default_initial_prompt_mode,
    submit: { ...LINE_SUBMIT, keys: settings.submit_keys, ...launch.submit },
    interruptKeys: launch.interruptKeys,
    ...(launch.widest === undefined ? {} : { widest: launch.widest }),
    ...(launch.dialogWords ? { dialogWords: launch.dialogWords } : {}),
    ...(launch.listens ? { listens: launch.listens } : {}),
    ...(launch.follow ? { follow: launch.follow } : {}),
    find: async (place) => {
      const options = { ...place, workdir: tmpdir(), now: () => new Date(), execPath: process.execPath };
      const found = await locate(descriptor, { ...options, configured });
      if (found) return found;
      throw notInstalled(descriptor, configured);
    },
    launch: (request) => {
      assertTaken(descriptor, request);
      const { args, env = {}, files = {} } = launch.start(request, settings);
      const prompt = request.promptMode === 'arg' ? launch.promptArgs(request.prompt) : [];
      return { command: [...request.program, ...args, ...prompt], env, files };
    },
  };
}

/** `--model X`, where a model is asked for and the agent has an argument for it. */
export function modelArgs({ model }: LaunchRequest, { model_arg }: ModelSettings): string[] {
  return model !== null && model_arg !== null ? [model_arg, model] : [];
}

/** `--effort X` in the agent's own word, where an effort is asked for. */
export function effortArgs({ reasoningEffort }: LaunchRequest, settings: ModelSettings): string[] {
  const { reasoning_effort_arg } = settings;
  return reasoningEffort !== null && reasoning_effort_arg !== null
    ? [reasoning_effort_arg, reasoningEffort]
    : [];
}

/** Says no to a wish that would silently not be granted. */
function assertTaken({ id, settings }: ProviderDescriptor, request: LaunchRequest): void {
  const effort = settings.reasoning_effort_arg ?? settings.reasoning_effort_config_key;
  if (request.reasoningEffort !== null && effort === null)
    throw notTaken(id, 'reasoning effort', 'Choose a model whose name says it, or leave it out.');
  if (request.serviceTier !== null && settings.service_tier_config_key === null)
    throw notTaken(id, 'service tier', 'Leave it out.');
}

const notTaken = (id: string, what: string, instead: string) =>
  new AgentPoolError('INVALID_REQUEST', `${id} takes no ${what} at its start. ${instead}`, {
    provider_id: id,
    example: shell`agentpool models --provider ${id}`,
  });

function notInstalled(descriptor: ProviderDescriptor, configured: Config['providers']): AgentPoolError {
  const { id, display_name, commands, install } = descriptor;
  const own = (configured as Record<string, { command: string[] | null } | undefined>)[id]?.command;
  const names = own ? [own[0] ?? ''] : [...new Set(commands.map(({ words }) => words[0] ?? ''))];
  return new AgentPoolError(
    'PROVIDER_NOT_INSTALLED',
    `${display_name} is not installed: no ${names.join(' or ')} on PATH or in the usual folders. Install it: ${install}`,
    { provider_id: id, looked_for: names, install, example: 'agentpool providers' },
  );
}
