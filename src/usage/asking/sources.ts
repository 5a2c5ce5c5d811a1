import type { UsageSource } from '../../agents/contract/limits/reading.ts';
import { loadAgent } from '../../agents/registry.ts';
import { isAgent } from '../../config/provider-ids.ts';
import { ccusage } from '../backends/ccusage.ts';
import { codexbar } from '../backends/codexbar.ts';
import type { Backend } from '../backends/index.ts';

/** The sources of one provider under a backend, in order. Combined asks CodexBar where it is and ours failed. */
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

/** What asks the provider now and quickly, as against what an agent once wrote down or a whole TUI. */
const live = (source: UsageSource): boolean => source.reach === 'network' && !source.interactive;
