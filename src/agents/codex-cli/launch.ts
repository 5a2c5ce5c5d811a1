import type { ModelSettings } from '../contract/descriptor.ts';
import { type AgentLaunch, type LaunchRequest, modelArgs } from '../contract/launch.ts';
import { notifyCommand } from './notify.ts';

/** Flags as `codex --help` of 0.169.0 has them. */
export const codexCliLaunch: AgentLaunch = {
  submit: {
    pastedPlaceholder: /\[Pasted Content \d+ chars\]/,
    queued: /Queued (?:follow-up )?message|Messages to be submitted after/i,
    clearsBox: true,
  },
  interruptKeys: ['Escape'],
  start: (request, settings) => ({
    args: [
      // An update in the middle of a worker's start would leave it at a menu.
      ...setting('check_for_update_on_startup', false),
      ...(request.readOnly ? ['--sandbox', 'read-only'] : []),
      ...modelArgs(request, settings),
      ...requests(request, settings),
      ...notifyArgs(request),
    ],
  }),
  promptArgs: (prompt) => ['--', prompt],
};

/** A notify in the user's own command stays theirs. */
function notifyArgs({ signal, program, place }: LaunchRequest): string[] {
  if (!signal || program.some((word) => /^(?:--config=)?notify=/.test(word))) return [];
  return setting('notify', notifyCommand(signal, place));
}

function requests({ reasoningEffort, serviceTier }: LaunchRequest, settings: ModelSettings): string[] {
  const { reasoning_effort_config_key: effort, service_tier_config_key: tier } = settings;
  return [
    ...(reasoningEffort !== null && effort !== null ? setting(effort, reasoningEffort) : []),
    ...(serviceTier !== null && tier !== null ? setting(tier, serviceTier) : []),
  ];
}

/** The value is read as TOML; a JSON string is one. */
const setting = (key: string, value: unknown): string[] => ['-c', `${key}=${JSON.stringify(value)}`];
