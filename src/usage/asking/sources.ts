import type { Agent } from '../../agents/contract/agent.ts';
import type { UsageSource } from '../../agents/contract/limits/reading.ts';
import { loadAgent } from '../../agents/registry.ts';
import { isAgent } from '../../config/provider-ids.ts';
import type { Config, CustomProvider } from '../../config/schema.ts';
import { ccusage } from '../backends/ccusage.ts';
import { codexbar } from '../backends/codexbar.ts';
import type { Backend } from '../backends/index.ts';
import { usageCommand } from '../backends/usage-command.ts';

/**
 * The sources of one provider under a backend, in order. `combined` asks CodexBar, if installed, after ours failed. A
 * provider of the user's own has those that config.yaml names.
 */
export async function sourcesOf(
  provider: string,
  backend: Backend,
  { custom_providers }: Pick<Config, 'custom_providers'> = { custom_providers: [] },
): Promise<readonly UsageSource[]> {
  const custom = custom_providers.find(({ id }) => id === provider);
  const found = custom ? ownSources(custom) : isAgent(provider) ? await loadAgent(provider) : null;
  if (found === null) return [];
  const native = await found.limits();
  const bar = found.codexbar ? [codexbar(provider, found.codexbar)] : [];
  if (backend === 'native') return native;
  if (backend === 'codexbar') return bar;
  if (backend === 'ccusage') return [ccusage].filter((source) => source.provider === provider);
  return [...native.filter(live), ...bar, ...native.filter((source) => !live(source))];
}

const ownSources = (custom: CustomProvider): Pick<Agent, 'limits' | 'codexbar'> => ({
  limits: async () => (custom.usage_command ? [usageCommand(custom, custom.usage_command)] : []),
  ...(custom.usage_codexbar ? { codexbar: { name: custom.usage_codexbar, via: 'either' as const } } : {}),
});

/** Whether a source asks the provider now and quickly, unlike a file that an agent wrote once, or a whole TUI. */
const live = (source: UsageSource): boolean => source.reach === 'network' && !source.interactive;
