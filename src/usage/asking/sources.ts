import type { UsageSource } from '../../agents/contract/limits/reading.ts';
import { loadAgent } from '../../agents/registry.ts';
import { isAgent } from '../../config/provider-ids.ts';
import { ccusage } from '../backends/ccusage.ts';
import { codexbar } from '../backends/codexbar.ts';
import type { Backend } from '../backends/index.ts';

/** The sources of one provider under a backend, in order. `combined` asks CodexBar, if installed, after ours failed. */
export async function sourcesOf(provider: string, backend: Backend): Promise<readonly UsageSource[]> {
  if (!isAgent(provider)) return [];
  const { limits, codexbar: known } = await loadAgent(provider);
  const native = await limits();
  const bar = known ? [codexbar(provider, known)] : [];
  if (backend === 'native') return native;
  if (backend === 'codexbar') return bar;
  if (backend === 'ccusage') return [ccusage].filter((source) => source.provider === provider);
  return [...native.filter(live), ...bar, ...native.filter((source) => !live(source))];
}

/** Whether a source asks the provider now and quickly, unlike a file that an agent wrote once, or a whole TUI. */
const live = (source: UsageSource): boolean => source.reach === 'network' && !source.interactive;
