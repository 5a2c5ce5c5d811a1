import type { Paths } from '../../config/paths.ts';
import { indexState } from '../../usage/tokens/index-file.ts';
import { tokenIndexFile } from '../../usage/tokens/logs.ts';
import { doubtful, type Finding, fine } from '../core/setup/finding.ts';

/**
 * The state of the index of token logs; no finding if there is none. A damaged one is a warning: the next command that
 * reads tokens replaces it, without what was only in logs that are gone.
 */
export function checkTokenIndex(paths: Pick<Paths, 'run'>): Finding[] {
  const file = tokenIndexFile(paths);
  const state = indexState(file);
  if (!state) return [];
  if (state.damage !== null) {
    const found = `${file} is damaged (${state.damage}): it will be made again from the logs`;
    return [doubtful('tokens', found, 'agentpool tokens')];
  }
  const again = `was damaged, and made again on ${state.repaired_at?.slice(0, 10)}`;
  return [fine('tokens', state.repaired_at === null ? file : `${again}: ${file}`)];
}
