import { readPreferences } from '../config/preferences.ts';
import type { Preferences } from '../config/preferences-schema.ts';
import { BACKENDS } from '../usage/backends.ts';
import { DEFAULT_BACKEND } from '../usage/known-summary.ts';
import { findHelpers } from '../workers/doctor/usage-helpers.ts';
import type { House } from '../workers/house.ts';
import { generic } from './clients/generic.ts';
import { fileWith } from './mcp-config.ts';
import { serverCommand } from './server-command.ts';
import { skillPoints } from './skills.ts';

/** What somebody new, person or agent, has to know before a first offload. */
export async function onboarding(
  place: Pick<House, 'env' | 'paths'> & { configPath: string },
  resources: readonly string[],
) {
  const { env, paths, configPath } = place;
  const helpers = await findHelpers(env);
  const preferences: Preferences = readPreferences(paths.preferences);
  return {
    config_path: configPath,
    db_path: paths.ledger,
    artifact_root: paths.artifacts,
    first_commands: [
      'agentpool init',
      'agentpool setup all',
      'agentpool usage-summary --refresh',
      'agentpool smoke',
      'agentpool spawn --provider fake-question --task "Ask one question about the code"',
    ],
    rules: skillPoints('Rules'),
    mcp_host_config: fileWith(generic, serverCommand(env, { absolute: false })),
    mcp_resources: [...resources],
    preferences,
    usage_backends: {
      default: DEFAULT_BACKEND,
      available: [...BACKENDS],
      web_sources_enabled_by_default: false,
      ...Object.fromEntries(helpers.map(({ name, backend }) => [name, backend])),
    },
  };
}

export type Onboarding = Awaited<ReturnType<typeof onboarding>>;
