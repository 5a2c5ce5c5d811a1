import { createHash } from 'node:crypto';
import { chmodSync, lstatSync, mkdirSync, readdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { AgentPoolError } from '../../lib/errors.ts';

/** Where one tmux server has its files. */
export interface ServerPlace {
  home: string;
  /** The server's own folder: no other server writes to it. */
  folder: string;
  socket: string;
}

const SOCKET = 'tmux.sock';

/** The kernel limits a socket's path to 108 bytes on Linux and 104 on macOS, with the closing zero. */
export const MAX_SOCKET_BYTES = 103;

/** The longest id of a worker: `ap_` and ten characters. */
export const LONGEST_ID = 'ap_xxxxxxxxxx';

/** The files of a worker's server: a folder named after the worker. Throws BAD_SESSION_NAME. */
export function serverPlace(home: string, worker: string): ServerPlace {
  if (!/^[\w-]+$/.test(worker)) {
    throw new AgentPoolError('BAD_SESSION_NAME', `not a tmux session name: ${worker}`, {});
  }
  const folder = join(serversFolder(home), worker);
  return { home: resolve(home), folder, socket: join(folder, SOCKET) };
}

/**
 * The folder with a folder per server: `<home>/tmux`. When that makes a path too long for a socket, a private folder
 * below the temporary one, always the same for the same home.
 */
export function serversFolder(home: string): string {
  const direct = join(resolve(home), 'tmux');
  return fits(join(direct, LONGEST_ID, SOCKET)) ? direct : privateFolder(home, join(LONGEST_ID, SOCKET));
}

/** The socket of the one server that all workers of a home had before 0.3. */
export function sharedSocketPath(home: string): string {
  const direct = join(resolve(home), SOCKET);
  return fits(direct) ? direct : join(privateFolder(home, SOCKET), SOCKET);
}

/** The names of the servers' folders: the workers whose server runs, or ran and left its files. */
export function serverNames(home: string): string[] {
  try {
    const entries = readdirSync(serversFolder(home), { withFileTypes: true });
    return entries.flatMap((entry) =>
      entry.isDirectory() && /^[\w-]+$/.test(entry.name) ? [entry.name] : [],
    );
  } catch {
    return [];
  }
}

/** Makes the server's folder and those above it, for their owner only. Throws SOCKET_FOLDER_NOT_OURS. */
export function makeServerFolder({ home, folder }: ServerPlace): void {
  mkdirSync(home, { recursive: true, mode: 0o700 });
  const above = dirname(folder);
  mkdirSync(above, { recursive: true, mode: 0o700 });
  checkServersFolder(home);
  chmodSync(above, 0o700);
  mkdirSync(folder, { recursive: true, mode: 0o700 });
}

/**
 * In a shared temporary folder another user may have made the servers' folder first, and would then own the server that
 * answers there. Throws SOCKET_FOLDER_NOT_OURS; a folder that does not exist yet passes.
 */
export function checkServersFolder(home: string): void {
  const folder = serversFolder(home);
  if (dirname(folder) === resolve(home)) return;
  const stat = lstatSync(folder, { throwIfNoEntry: false });
  if (stat === undefined || (stat.isDirectory() && stat.uid === process.getuid?.())) return;
  throw new AgentPoolError('SOCKET_FOLDER_NOT_OURS', `${folder} belongs to another user.`, { folder });
}

const fits = (path: string): boolean => Buffer.byteLength(path) <= MAX_SOCKET_BYTES;

function privateFolder(home: string, below: string): string {
  const name = `agentpool-${createHash('sha256').update(resolve(home)).digest('hex').slice(0, 16)}`;
  const folder = join(tmpdir(), name);
  return fits(join(folder, below)) ? folder : join('/tmp', name);
}
