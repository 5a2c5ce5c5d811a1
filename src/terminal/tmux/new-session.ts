import { HOLDING } from '../../lib/process/strays.ts';
import { shellWord } from '../../lib/text/shell.ts';
import { changedOption } from './config.ts';
import { reportFolder } from './folder-report.ts';

export interface NewSession {
  /** Letters, digits, `_` and `-`. */
  name: string;
  /** The worker's session id: stored on the session and in the worker's AGENTPOOL_SESSION_ID. */
  worker: string;
  cwd: string;
  /** Passed on unchanged: no shell parses it. */
  command: readonly string[];
  env: Record<string, string>;
  /** Variables that the worker must not see, even where the server or the caller sets them. */
  unset: readonly string[];
  cols: number;
  rows: number;
  /** A text to keep in tmux's memory under this name, for a later submitBuffer. It is never written to disk. */
  buffer?: { name: string; text: string };
}

export interface StartFiles {
  /** Where the worker's shell writes whether it runs in its folder. */
  report: string;
  /** Where the server writes that the worker has exited. */
  changed: string;
  /** The PATH of a worker without one of its own. */
  path: string;
}

/**
 * The tmux commands that start the session. They print the ids of the pane, its process and the server.
 *
 * tmux expands the folder of `-c`: `#{pid}`, and `#(command)` runs the command. The value of an option is not expanded
 * again, so the folder is handed over in one. (Doubling each `#` would not do: tmux leaves `##[` as it is.)
 */
export function newSessionCommands(session: NewSession, files: StartFiles): string[][] {
  const { name, worker, buffer } = session;
  const env = { ...session.env, AGENTPOOL_SESSION_ID: worker };
  const variables = Object.entries(env).flatMap(([key, value]) => ['-e', `${key}=${value}`]);
  const size = ['-x', String(session.cols), '-y', String(session.rows)];
  const started = ['-P', '-F', '#{pane_id}|#{pane_pid}|#{pid}'];
  return [
    ['set-option', '-s', folderOption, session.cwd],
    ['set-option', '-s', changedOption, shellWord(files.changed)],
    [
      'new-session',
      '-d',
      ...started,
      '-s',
      name,
      ...size,
      '-c',
      `#{${folderOption}}`,
      ...variables,
      '--',
      ...workerArgv(session, files),
    ],
    ['set-option', '-t', `=${name}:`, '@agentpool_worker', worker],
    ['set-option', '-w', '-t', `=${name}:`, 'window-size', 'manual'],
    ...(buffer ? [['set-buffer', '-b', buffer.name, '--', buffer.text]] : []),
  ];
}

const folderOption = '@agentpool_folder';

/**
 * Runs the worker, then waits until tmux has read all of its output. tmux closes a pane as soon as its process has
 * exited and drops what it has not read yet (of 30,000 lines before an exit, up to 800 were lost most of the time). It
 * answers a status query (DSR) only after everything before it. A signal that ended the worker ends the shell too, so
 * that tmux reports it; what shells print about signals is not the worker's output.
 *
 * What the worker starts holds the folder of its server open: that is how its processes are found again (strays.ts).
 */
const runThenDrain = `{ command exec ${HOLDING}<"\${2%/*}"; } 2>/dev/null || :
${reportFolder}
export PATH="$1"
shift
trap : INT QUIT
exec 3>&2 2>/dev/null
"$@" 2>&3 3>&-
code=$?
trap '' TTOU TTIN
stty raw -echo min 0 time 100 && printf '\\033[5n' && dd bs=4 count=1 >/dev/null
ulimit -c 0
trap - INT QUIT
[ "$code" -gt 128 ] && [ "$code" -lt 160 ] && kill -"$((code - 128))" $$
exit "$code"`;

/**
 * The command stays as it is: the shell receives it as arguments. A first window can lose a variable only through
 * env(1), which would take a program with a `=` in its path for a variable: a shell between them does not.
 *
 * The PATH is handed over here, because tmux sets that of the client that asks for the session, whatever `-e` says.
 */
function workerArgv({ command, unset, env, cwd }: NewSession, { report, path }: StartFiles): string[] {
  const unsetOptions = unset.filter((name) => !(name in env)).flatMap((name) => ['-u', name]);
  const without = unsetOptions.length ? ['env', ...unsetOptions, '/bin/sh', '-c', 'exec "$@"', 'sh'] : [];
  const given = [cwd, report, env.PATH ?? path];
  return ['/bin/sh', '-c', runThenDrain, 'agentpool-worker', ...given, ...without, ...command];
}
