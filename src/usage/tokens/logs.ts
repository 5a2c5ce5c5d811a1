import { homedir } from 'node:os';
import { join } from 'node:path';
import { claudeLog } from '../../agents/claude-code/token-log.ts';
import { codexLog } from '../../agents/codex-cli/token-log.ts';
import type { TokenLog } from '../../agents/contract/tokens/use.ts';
import { copilotLog } from '../../agents/copilot-cli/token-log.ts';
import { droidLog } from '../../agents/droid-cli/token-log.ts';
import { opencodeLog } from '../../agents/opencode/token-log.ts';
import type { Env, Paths } from '../../config/paths.ts';
import { TokenIndex, type Updated } from './token-index.ts';

const LOGS: readonly TokenLog[] = [claudeLog, codexLog, copilotLog, droidLog, opencodeLog];

/** The providers whose agents write down their tokens. */
export const tokenProviders = LOGS.map(({ provider_id }) => provider_id);

/** As long as it takes. */
export const ALL_OF_IT = Number.POSITIVE_INFINITY;

/**
 * The index of this home, brought up to date within so many milliseconds; to be closed. Offline.
 * @throws where the home can not be written
 */
export async function openTokens(
  { paths, env }: { paths: Pick<Paths, 'run'>; env: Env },
  budget: number,
  onFile?: (done: number, all: number) => void,
): Promise<{ index: TokenIndex; updated: Updated }> {
  const index = new TokenIndex(join(paths.run, 'tokens.sqlite'));
  try {
    const home = env.HOME || homedir();
    return { index, updated: await index.update(LOGS, { env, home }, budget, onFile) };
  } catch (error) {
    index.close();
    throw error;
  }
}
