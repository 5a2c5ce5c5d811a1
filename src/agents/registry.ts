import type { Config } from '../config/schema.ts';
import { AgentPoolError } from '../lib/errors.ts';
import { suggest } from '../lib/suggest.ts';
import { shell } from '../lib/text/shell.ts';
import { LINE_SUBMIT, type Provider } from './contract/provider.ts';
import { fakeProviders } from './fakes/fakes.ts';
import { agentProviders } from './launches.ts';

/** Every provider that AgentPool knows: the agents, our fakes, and the custom ones of config.yaml. */
export function allProviders(config: Config): Provider[] {
  return [...agentProviders(config), ...fakeProviders, ...config.custom_providers.map(customProvider)];
}

/** The provider of that id where it may be started: PROVIDER_DISABLED when config.yaml has switched it off. */
export function spawnableProvider(config: Config, id: string): Provider {
  const provider = providerNamed(config, id);
  const { enabled } = (config.providers as Record<string, { enabled: boolean } | undefined>)[id] ?? {};
  if (enabled !== false) return provider;
  throw new AgentPoolError('PROVIDER_DISABLED', `${id} is switched off: providers.${id}.enabled is false.`, {
    provider_id: id,
    example: 'agentpool config print',
  });
}

/** The provider of that id. PROVIDER_NOT_FOUND names the nearest known one. */
export function providerNamed(config: Config, id: string): Provider {
  const known = allProviders(config);
  const found = known.find((provider) => provider.id === id);
  if (found) return found;
  const ids = known.map((provider) => provider.id);
  const nearest = suggest(id, ids);
  throw new AgentPoolError(
    'PROVIDER_NOT_FOUND',
    `There is no provider ${id}.${nearest ? ` Did you mean ${nearest}?` : ''} Known: ${ids.join(', ')}.`,
    {
      provider_id: id,
      example: shell`agentpool spawn --provider ${nearest ?? 'fake-question'} --task "Look for the parser"`,
    },
  );
}

/** A user's own agent, as config.yaml describes it. */
function customProvider(custom: Config['custom_providers'][number]): Provider {
  return {
    id: custom.id,
    displayName: custom.display_name ?? custom.id,
    harness: custom.id,
    rules: 'general',
    promptMode: custom.prompt_mode,
    submit: LINE_SUBMIT,
    interruptKeys: ['C-c'],
    find: async () => custom.command,
    launch: ({ program, prompt, promptMode, readOnly, model }) => ({
      command: [
        ...program,
        ...(readOnly ? custom.read_only_args : []),
        ...(model && custom.model_arg ? [custom.model_arg, model] : []),
        ...(promptMode === 'arg' ? [prompt] : []),
      ],
      env: custom.env,
    }),
  };
}
