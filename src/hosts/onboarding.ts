import Type, { type Static } from 'typebox';
import { readPreferences } from '../config/preferences.ts';
import { Preferences } from '../config/preferences-schema.ts';
import { facts, flag, list, noted, text } from '../lib/shapes.ts';
import { BACKENDS } from '../usage/backends/index.ts';
import { DEFAULT_BACKEND } from '../usage/capacity/known-summary.ts';
import type { AppContext } from '../workers/core/context.ts';
import { findHelpers, HelperBackend } from '../workers/doctor/usage-helpers.ts';
import { hostNamed } from './hosts.ts';
import { fileWith } from './mcp-config.ts';
import { serverCommand } from './server-command.ts';
import { skillPoints } from './skills.ts';

export const Onboarding = Type.Object(
  {
    config_path: text,
    db_path: text,
    artifact_root: text,
    first_commands: list(text),
    rules: list(text),
    mcp_host_config: noted(facts, 'The file of a host that has our server alone.'),
    mcp_resources: list(text),
    preferences: Preferences,
    usage_backends: Type.Object({
      default: text,
      available: list(text),
      web_sources_enabled_by_default: flag,
      codexbar: Type.Optional(HelperBackend),
      ccusage: Type.Optional(HelperBackend),
    }),
  },
  { description: 'What a new user, person or agent, needs to know before the first offload.' },
);
export type Onboarding = Static<typeof Onboarding>;

/** What a new user, person or agent, needs to know before the first offload. */
export async function onboarding(
  place: Pick<AppContext, 'env' | 'paths'> & { configPath: string },
  resources: readonly string[],
): Promise<Onboarding> {
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
    mcp_host_config: fileWith(hostNamed('generic'), serverCommand(env, { absolute: false })),
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
