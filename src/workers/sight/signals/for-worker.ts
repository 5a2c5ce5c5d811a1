import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { createServer } from 'node:net';
import { join } from 'node:path';
import type { SignalKind } from '../../../agents/contract/signal-kinds.ts';
import type { AppContext } from '../../core/context.ts';
import { launchFolder } from '../../core/launch-folder.ts';
import { LARGEST, SPOOL, TOKEN } from './spool.ts';

export interface WorkerSpool {
  env: Record<string, string>;
  files: Record<string, string>;
  /** The command that gives a signal. */
  command(kind: SignalKind): string[];
}

/** What a new worker needs to give signals; null if its provider has none, or the user has switched them off. */
export function signalSpool(app: AppContext, id: string, provider: string): WorkerSpool | null {
  const enabled = (app.config.signals as Record<string, boolean | undefined>)[provider];
  if (enabled !== true) return null;
  const token = randomBytes(16).toString('hex');
  return {
    env: { AGENTPOOL_SIGNALS: join(launchFolder(app, id), SPOOL), AGENTPOOL_SIGNAL_TOKEN: token },
    files: { [SPOOL]: '', [TOKEN]: `${token}\n` },
    command: (kind) => ['/bin/sh', '-c', GIVE, 'agentpool-signal', kind],
  };
}

/**
 * What a hook runs, in place of `agentpool signal KIND`: an agent waits for its hooks, three times a turn, and a shell
 * starts in a fraction of the time of Node. Like that, it creates no file, follows no link, writes one short line at
 * once, lets no spool grow without end (`ulimit -f` counts blocks of 512 bytes, in some shells of 1024), prints nothing
 * and never fails.
 */
const GIVE = [
  'exec 2>/dev/null',
  'f=$AGENTPOOL_SIGNALS',
  `[ -f "$f" ] && [ ! -L "$f" ] && (ulimit -f ${LARGEST / 512}; printf '%s %s %s000\\n' "$AGENTPOOL_SIGNAL_TOKEN" "$1" "$(date +%s)" >>"$f")`,
  'exit 0',
].join('; ');

/** A free port of 127.0.0.1, for an agent that will listen on it at once. */
export async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  await new Promise((closed) => server.close(closed));
  return port;
}
