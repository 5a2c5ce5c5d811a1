import { createHash } from 'node:crypto';
import { chmodSync, lstatSync, mkdirSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import type { Env } from '../../config/paths.ts';
import { AgentPoolError } from '../../lib/errors.ts';
import { writePrivateFileSync } from '../../lib/files/atomic-file.ts';

/**
 * Everything that the private server sets; it reads nothing of the user's config. Options that some supported tmux
 * versions do not have are set with -q. `window-size manual` is not here: tmux 3.3a crashes on it as a global option.
 *
 * The history must hold what a watcher has not read yet: when a pane dies, tmux drops the output that it has not sent
 * to a control client, and only the grid still has it (on a busy machine more than 80,000 lines).
 *
 * A tmux that runs a hook suppresses the notifications of the hook's own commands. `run-shell -b -C` runs them
 * afterwards, so that control clients receive %window-renamed as soon as a worker has exited. Without -d, tmux
 * sometimes does not run them.
 */
export const tmuxConfig = `# Written by agentpool; changes are overwritten.
set -s exit-empty on
set -s escape-time 0
set -s focus-events off
set -s set-clipboard off
set -sq extended-keys off
set -s default-terminal tmux-256color
set -g default-shell /bin/sh
set -g default-command ''
set -g update-environment ''
set -g destroy-unattached off
set -g history-limit 200000
set -g mouse on
set -g set-titles off
set -g status off
set -g allow-rename off
set -g automatic-rename off
set -g monitor-bell off
set -gq allow-passthrough off
set -gq remain-on-exit-format ''
set -g remain-on-exit on
set-hook -g pane-died "run-shell -b -d 0 -C 'rename-window -t #{window_id} dead'"
`;

/** The name of a window whose worker has exited (see the hook above). */
export const deadWindowName = 'dead';

/** The kernel limits a socket's path to 108 bytes on Linux and 104 on macOS, with the closing zero. */
const maxSocketPathBytes = 103;

/**
 * Where the tmux server of an AGENTPOOL_HOME listens: `<home>/tmux.sock`. When that path is too long for a socket, a
 * private folder below the temporary one, always the same for the same home.
 */
export function socketPath(home: string): string {
  const direct = join(resolve(home), 'tmux.sock');
  if (Buffer.byteLength(direct) <= maxSocketPathBytes) return direct;
  const name = createHash('sha256').update(resolve(home)).digest('hex').slice(0, 16);
  const fallback = join(tmpdir(), `agentpool-${name}`, 'tmux.sock');
  return Buffer.byteLength(fallback) <= maxSocketPathBytes
    ? fallback
    : join('/tmp', `agentpool-${name}`, 'tmux.sock');
}

/** Where the server's config lies. */
export const configPath = (home: string): string => join(home, 'tmux.conf');

/** Makes the socket's folder (0700) and writes the config (0600): what a server needs before it starts. */
export function prepareTmux(home: string): void {
  mkdirSync(home, { recursive: true, mode: 0o700 });
  const folder = dirname(socketPath(home));
  if (folder !== resolve(home)) {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    checkSocketFolder(home);
    chmodSync(folder, 0o700);
  }
  const path = configPath(home);
  if (contentOf(path) !== tmuxConfig) writePrivateFileSync(path, tmuxConfig, { link: 'replace' });
}

/**
 * In a shared temporary folder another user may have made the socket's folder first, and would then own the server that
 * answers there. Throws SOCKET_FOLDER_NOT_OURS; a folder that does not exist yet passes.
 */
export function checkSocketFolder(home: string): void {
  const folder = dirname(socketPath(home));
  if (folder === resolve(home)) return;
  const stat = lstatSync(folder, { throwIfNoEntry: false });
  if (stat === undefined || (stat.isDirectory() && stat.uid === process.getuid?.())) return;
  throw new AgentPoolError('SOCKET_FOLDER_NOT_OURS', `${folder} belongs to another user.`, { folder });
}

function contentOf(path: string): string | null {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return null;
  }
}

/**
 * Quotes a word for tmux's command language. Line ends and other controls become octal escapes, because tmux removes
 * the blanks after a quoted line end; `$` would name a variable.
 */
export function quoted(word: string): string {
  const escaped = word.replace(/[\\"$]|[\x00-\x1f\x7f]/g, (char) =>
    /[\\"$]/.test(char) ? `\\${char}` : `\\${char.charCodeAt(0).toString(8).padStart(3, '0')}`,
  );
  return `"${escaped}"`;
}

/** One tmux command as text, its arguments quoted. */
export const commandText = (argv: readonly string[]): string => argv.map(quoted).join(' ');

/**
 * The variables that the server itself starts with. A worker's own variables go to its session only: every later worker
 * would inherit those of the server, and `ps` would show them.
 */
export function serverEnvironment(from: Env): Env {
  const names = ['PATH', 'HOME', 'USER', 'LOGNAME', 'LANG', 'LC_ALL', 'LC_CTYPE', 'TMPDIR', 'TZ'];
  return Object.fromEntries(names.flatMap((name) => (from[name] === undefined ? [] : [[name, from[name]]])));
}
