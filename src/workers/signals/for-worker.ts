import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { packageRoot } from '../../config/package-root.ts';
import type { House } from '../house.ts';
import { launchFolder } from '../launch-folder.ts';
import { SPOOL, TOKEN } from './spool.ts';

export interface WorkerSpool {
  env: Record<string, string>;
  files: Record<string, string>;
  /** The words that give a signal. */
  command(kind: string): string[];
}

/** What a new worker needs to give signals; null where its provider has none, or the user has switched them off. */
export function signalSpool(house: House, id: string, provider: string): WorkerSpool | null {
  const enabled = (house.config.signals as Record<string, boolean | undefined>)[provider];
  if (enabled !== true) return null;
  const token = randomBytes(16).toString('hex');
  return {
    env: { AGENTPOOL_SIGNALS: join(launchFolder(house, id), SPOOL), AGENTPOOL_SIGNAL_TOKEN: token },
    files: { [SPOOL]: '', [TOKEN]: `${token}\n` },
    command: (kind) => [process.execPath, join(packageRoot(), 'dist', 'main.js'), 'signal', kind],
  };
}
