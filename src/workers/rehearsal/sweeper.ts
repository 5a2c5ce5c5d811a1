// A process of its own: waits until the caller is gone, however it ended, and sweeps what it has left behind.
import { existsSync, rmSync } from 'node:fs';
import { pidsWithVariable, processEntry } from '../../lib/process/process-table.ts';
import { endProcesses, type ProcessEntry, workerProcesses } from '../../lib/process/processes.ts';
import { serverNames, serverPlace, serversFolder } from '../../terminal/tmux/places.ts';
import { TmuxServers } from '../../terminal/tmux/servers.ts';
import { groundIn, isGround } from './ground.ts';

/** How long what is left may take to end at TERM, in milliseconds. */
const GRACE_MS = 500;

const [folder = '', path] = process.argv.slice(2);
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => {});
process.stdin.on('error', () => {});
// The other end of the pipe closes with the caller.
process.stdin.once('close', () => void sweep(folder, path));
process.stdin.resume();

/** Ends every process of a throw-away place, and removes it. Nothing is left, however far its agent had come. */
async function sweep(folder: string, path: string | undefined): Promise<void> {
  if (!isGround(folder) || !existsSync(folder)) return;
  const { home, user } = groundIn(folder);
  await endProcesses(() => processesIn(home, user), { graceMs: GRACE_MS });
  for (const server of new TmuxServers(home, { PATH: path }).all()) await server.killServer();
  rmSync(serversFolder(home), { recursive: true, force: true });
  // An agent that was killed a moment ago may still be writing.
  rmSync(folder, { recursive: true, force: true, maxRetries: 10, retryDelay: 50 });
}

function processesIn(home: string, user: string): ProcessEntry[] {
  const marked = [...pidsWithVariable('HOME', user), ...pidsWithVariable('AGENTPOOL_HOME', home)];
  const workers = serverNames(home).flatMap((id) =>
    workerProcesses({ sessionId: id, root: null, held: serverPlace(home, id).folder }),
  );
  const found = [...marked.flatMap((pid) => processEntry(pid) ?? []), ...workers];
  const each = new Map(found.map((entry) => [entry.pid, entry]));
  return [...each.values()].filter(({ pid, zombie }) => pid !== process.pid && !zombie);
}
