import type { Config, CustomProvider } from '../config/schema.ts';
import { claudeCode } from './claude-code/descriptor.ts';
import { codexCli } from './codex-cli/descriptor.ts';
import { COMMON_CAPABILITIES, COMMON_SETTINGS, type ProviderDescriptor } from './contract/descriptor.ts';
import { copilotCli } from './copilot-cli/descriptor.ts';
import { cursorCli } from './cursor-cli/descriptor.ts';
import { devinCli } from './devin-cli/descriptor.ts';
import { droidCli } from './droid-cli/descriptor.ts';
import { fakeDescriptors } from './fakes/descriptors.ts';
import { opencode } from './opencode/descriptor.ts';

export const agentDescriptors: readonly ProviderDescriptor[] = [
  codexCli,
  claudeCode,
  cursorCli,
  copilotCli,
  devinCli,
  droidCli,
  opencode,
];

/** Every provider that config.yaml leaves on: agents, fakes and the user's own. */
export function descriptorsOf(config: Pick<Config, 'providers' | 'custom_providers'>): ProviderDescriptor[] {
  const enabled = ({ id }: ProviderDescriptor): boolean =>
    (config.providers as Record<string, { enabled: boolean } | undefined>)[id]?.enabled !== false;
  return [...agentDescriptors, ...fakeDescriptors]
    .filter(enabled)
    .concat(config.custom_providers.map(custom));
}

/** A command of the user's own: nothing is known of it but what config.yaml says. */
function custom(given: CustomProvider): ProviderDescriptor {
  return {
    id: given.id,
    display_name: given.display_name ?? given.id,
    vendor: 'custom',
    harness: 'custom',
    install: null,
    sign_in: null,
    commands: [{ words: given.command }],
    version_args: ['--version'],
    capabilities: [
      ...COMMON_CAPABILITIES,
      ...(given.model_arg === null ? [] : (['supports_model_arg'] as const)),
    ],
    auth: null,
    model_list: null,
    settings: {
      ...COMMON_SETTINGS,
      model_arg: given.model_arg,
      default_initial_prompt_mode: given.prompt_mode,
      default_model: given.models[0]?.id ?? null,
      smoke_model: given.models[0]?.id ?? null,
      catalog_completeness: 'config',
    },
    models: [],
  };
}
