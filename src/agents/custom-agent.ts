import type { CustomProvider } from '../config/schema.ts';
import type { Agent } from './contract/agent.ts';
import { COMMON_CAPABILITIES, COMMON_SETTINGS } from './contract/descriptor.ts';
import { modelArgs } from './contract/launch.ts';

/** A command of the user's own as an agent: nothing is known of it but what `custom_providers` in config.yaml says. */
export const customAgent = (custom: CustomProvider): Agent => ({
  descriptor: {
    id: custom.id,
    display_name: custom.display_name ?? custom.id,
    vendor: 'custom',
    harness: custom.id,
    install: null,
    sign_in: null,
    commands: [{ words: custom.command }],
    version_args: ['--version'],
    capabilities: [
      ...COMMON_CAPABILITIES,
      ...(custom.model_arg === null ? [] : (['supports_model_arg'] as const)),
    ],
    auth: null,
    model_list: null,
    settings: {
      ...COMMON_SETTINGS,
      model_arg: custom.model_arg,
      default_initial_prompt_mode: custom.prompt_mode,
      default_model: custom.models[0]?.id ?? null,
      smoke_model: custom.models[0]?.id ?? null,
      catalog_completeness: 'config',
    },
    models: [],
  },
  launch: {
    submit: {},
    ...(custom.plain_input ? { takes: [] } : {}),
    interruptKeys: custom.interrupt_keys ?? null,
    ...(custom.interrupt_keys ? { hasOwnKeys: true as const } : {}),
    program: () => custom.command,
    start: (request, settings) => ({
      args: [...(request.readOnly ? custom.read_only_args : []), ...modelArgs(request, settings)],
      env: custom.env,
    }),
    promptArgs: (prompt) => [prompt],
  },
  limits: async () => [],
  tokens: null,
});
