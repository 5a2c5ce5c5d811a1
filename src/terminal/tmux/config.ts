import { join } from 'node:path';
import type { Env } from '../../config/paths.ts';
import { AgentPoolError } from '../../lib/errors.ts';
import { writePrivateFileSync } from '../../lib/files/atomic-file.ts';
import { fileText } from '../../lib/files/file-text.ts';

/**
 * Everything that a worker's server sets; it reads nothing of the user's config. Options that some supported tmux
 * versions do not have are set with -q. `window-size manual` is not here: tmux 3.3a crashes on it as a global option.
 *
 * The history must hold what a watcher has not read: the next one continues from it.
 *
 * The hooks report to the watcher that it should look again: the worker has exited, or a person has changed the size of its
 * pane. Without -d, tmux sometimes does not run them.
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
set-hook -g pane-died "run-shell -b -d 0 'echo >>#{@agentpool_changed}'"
set-hook -g window-layout-changed "run-shell -b -d 0 'echo >>#{@agentpool_changed}'"
`;

/** The option of a worker's server with the file that its hooks write to, quoted for a shell. */
export const changedOption = '@agentpool_changed';

/** Where the config of the servers lies. */
export const configPath = (home: string): string => join(home, 'tmux.conf');

/** Writes the config (0600). */
export function writeConfig(home: string): void {
  const path = configPath(home);
  if (fileText(path) !== tmuxConfig) writePrivateFileSync(path, tmuxConfig, { link: 'replace' });
}

/**
 * Quotes a word for tmux's command language. Line ends and other controls become octal escapes, because tmux removes
 * the blanks after a quoted line end; `$` would name a variable, and a `~` at the beginning a home folder. Throws
 * INVALID_REQUEST for a NUL, which no program can be given.
 */
export function quoted(word: string): string {
  if (word.includes('\0')) {
    throw new AgentPoolError('INVALID_REQUEST', 'A text for a worker has a NUL character; remove it.', {});
  }
  const escaped = word.replace(/[\\"$]|[\x00-\x1f\x7f]|^~/g, (char) =>
    /[\\"$]/.test(char) ? `\\${char}` : `\\${char.charCodeAt(0).toString(8).padStart(3, '0')}`,
  );
  return `"${escaped}"`;
}

/** One tmux command as text, its arguments quoted. */
export const commandText = (argv: readonly string[]): string => argv.map(quoted).join(' ');

/** Several tmux commands as text: what another command runs. */
export const commandsText = (commands: readonly (readonly string[])[]): string =>
  commands.map(commandText).join(' ; ');

/**
 * The variables that the server itself starts with. A worker's own variables go to its session only: every later worker
 * would inherit those of the server, and `ps` would show them.
 */
export function serverEnvironment(from: Env): Env {
  const names = ['PATH', 'HOME', 'USER', 'LOGNAME', 'LANG', 'LC_ALL', 'LC_CTYPE', 'TMPDIR', 'TZ'];
  return Object.fromEntries(names.flatMap((name) => (from[name] === undefined ? [] : [[name, from[name]]])));
}
