import { tmpdir } from 'node:os';
import type { Config } from '../../config/schema.ts';
import { AgentPoolError } from '../../lib/errors.ts';
import { shell } from '../../lib/text/shell.ts';
import type { Agent } from './agent.ts';
import type { ProviderDescriptor, SubscriptionPlan } from './descriptor.ts';
import { UNKNOWN_BOX } from './input-words.ts';
import { type AgentLaunch, type LaunchRequest, LINE_SUBMIT, type RunnableAgent } from './launch.ts';
import { locate } from './locate.ts';

/** An agent as it runs on this machine: found, and started for one task. Nothing of its user's config is edited. */
export function runnable({ descriptor, launch }: Agent, configured: Config['providers']): RunnableAgent {
  const { id, harness, settings } = descriptor;
  const { submit, start, promptArgs, program, ...ways } = launch;
  return {
    ...ways,
    id,
    harness,
    promptMode: settings.default_initial_prompt_mode,
    takes: launch.takes ?? UNKNOWN_BOX,
    submit: { ...LINE_SUBMIT, keys: settings.submit_keys, ...submit },
    find: async (place) => {
      if (program) return program();
      if (descriptor.plan) throw noProgram(descriptor, descriptor.plan);
      const options = { ...place, workdir: tmpdir(), now: () => new Date(), execPath: process.execPath };
      const found = await locate(descriptor, { ...options, configured });
      if (found) return found;
      throw notInstalled(descriptor, configured);
    },
    launch: (request) => {
      // A fake and a command of the user's own drop what they have no option for, as they always have.
      if (!program) assertSupported(descriptor, request);
      if (request.resumes) assertResumes(descriptor, launch, request);
      const { args, env = {}, files = {} } = start(request, settings);
      const prompt = request.promptMode === 'arg' ? promptArgs(request.prompt) : [];
      return { command: [...request.program, ...args, ...prompt], env, files };
    },
  };
}

/** Refuses what would be dropped without a word. */
function assertSupported({ id, settings }: ProviderDescriptor, request: LaunchRequest): void {
  const effort = settings.reasoning_effort_arg ?? settings.reasoning_effort_config_key;
  if (request.reasoningEffort !== null && effort === null)
    throw notTaken(id, 'reasoning effort', 'Choose a model whose name says it, or leave it out.');
  if (request.serviceTier !== null && settings.service_tier_config_key === null)
    throw notTaken(id, 'service tier', 'Leave it out.');
}

/** Refuses to begin a new conversation where one is to be taken up. */
function assertResumes(
  { id, display_name }: ProviderDescriptor,
  { conversations }: AgentLaunch,
  { program }: LaunchRequest,
): void {
  const chosen = conversations && program.find((word) => conversations.chosenBy.test(word));
  if (conversations && chosen === undefined) return;
  const message = conversations
    ? `providers.${id}.command in config.yaml has ${chosen}, which chooses a conversation itself. Take it out to resume this one.`
    : `${display_name} cannot take up a conversation again.`;
  throw new AgentPoolError('INVALID_REQUEST', message, { provider_id: id, example: 'agentpool config show' });
}

const notTaken = (id: string, what: string, instead: string) =>
  new AgentPoolError('INVALID_REQUEST', `${id} takes no ${what} at its start. ${instead}`, {
    provider_id: id,
    example: shell`agentpool models --provider ${id}`,
  });

/** Nothing would run: the words say which agents would. */
const noProgram = ({ id, display_name }: ProviderDescriptor, { through }: SubscriptionPlan): AgentPoolError =>
  new AgentPoolError(
    'INVALID_REQUEST',
    `${display_name} is a plan without a program of its own: only its limits are read. Spawn an agent that is set up to use it: ${through.join(', ')}.`,
    {
      provider_id: id,
      through,
      example: shell`agentpool spawn --provider ${through[0] ?? 'claude-code'} --task "Look for the parser"`,
    },
  );

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
