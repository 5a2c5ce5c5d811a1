import { AgentPoolError } from '../lib/errors.ts';
import { suggest } from '../lib/suggest.ts';
import { shell } from '../lib/text/shell.ts';
import { AGENT_IDS, AGENTS, fullProviderId, PROVIDER_IDS } from './provider-ids.ts';
import type { Config } from './schema.ts';

type Providers = Pick<Config, 'providers' | 'custom_providers'>;

/**
 * Resolves a short or full name to the id of its provider. Throws PROVIDER_NOT_FOUND, which suggests the closest known
 * name; `exampleFor` is the command line to try with it.
 */
export function providerNamed(
  { custom_providers }: Pick<Config, 'custom_providers'>,
  name: string,
  exampleFor: (provider: string) => string = spawning,
): string {
  const id = fullProviderId(name, custom_providers);
  const known = [...PROVIDER_IDS, ...custom_providers.map((custom) => custom.id)];
  if (known.includes(id)) return id;
  const short = AGENT_IDS.map((agent) => AGENTS[agent].short);
  const nearest = suggest(name, [...known, ...short]);
  throw new AgentPoolError(
    'PROVIDER_NOT_FOUND',
    `There is no provider ${name}.${nearest ? ` Did you mean ${nearest}?` : ''} Known: ${known.join(', ')}.`,
    {
      provider_id: name,
      example: exampleFor(nearest ?? 'fake-question'),
    },
  );
}

const spawning = (provider: string): string =>
  shell`agentpool spawn --provider ${provider} --task "Look for the parser"`;

/** The same, and throws PROVIDER_DISABLED if config.yaml disables the provider. */
export function enabledProvider(
  config: Providers,
  name: string,
  exampleFor?: (provider: string) => string,
): string {
  const id = providerNamed(config, name, exampleFor);
  const { enabled } = (config.providers as Record<string, { enabled: boolean } | undefined>)[id] ?? {};
  if (enabled !== false) return id;
  throw new AgentPoolError('PROVIDER_DISABLED', `${id} is switched off: providers.${id}.enabled is false.`, {
    provider_id: id,
    example: 'agentpool config print',
  });
}
