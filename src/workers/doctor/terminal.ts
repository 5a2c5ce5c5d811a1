import { existsSync } from 'node:fs';
import { dirname } from 'node:path';
import { run } from '../../lib/process/run.ts';
import { shellLine } from '../../lib/text/shell.ts';
import type { Tmux } from '../../terminal/tmux/tmux.ts';
import { broken, type Finding, fine } from '../core/finding.ts';

/** The longest path in bytes: the kernel takes 108 on Linux and 104 on macOS, with the final zero. */
const LONGEST = 103;

/** Checks that the socket's path is short enough for the kernel. */
export function checkSocket({ home, socket }: Tmux): Finding {
  const length = Buffer.byteLength(socket);
  if (length > LONGEST) {
    const found = `${length} bytes are too long for a socket: ${socket}`;
    return broken('socket', found, 'export AGENTPOOL_HOME="$HOME/.agentpool"', 'export TMPDIR=/tmp');
  }
  const elsewhere = dirname(socket) === home ? '' : ' (the path of the home is too long for it)';
  return fine('socket', `${socket}${elsewhere}, ${length} of ${LONGEST} bytes`);
}

/** Checks that our private tmux server answers, if it runs. Starts none. */
export async function checkServer(tmux: Tmux): Promise<Finding> {
  const none = fine('tmux server', 'not running; the first spawn starts it');
  if (!existsSync(tmux.socket)) return none;
  const args = tmux.argv(['display-message', '-p', '#{pid}', ';', 'list-sessions', '-F', '#{session_name}']);
  const answer = await run('tmux', args, { env: tmux.environment, timeoutMs: 5000 });
  const { stdout, stderr, timedOut, error } = answer;
  if (!error) {
    const [pid, ...sessions] = stdout.trim().split('\n');
    return fine(
      'tmux server',
      `answers: process ${pid}, ${sessions.length} session${sessions.length === 1 ? '' : 's'}`,
    );
  }
  // An ended server leaves its socket behind; the next one replaces it.
  if (/no server running|error connecting/.test(stderr)) return none;
  const found = timedOut ? 'does not answer within 5 s' : stderr.trim() || error.message;
  return broken('tmux server', found, shellLine(['tmux', '-S', tmux.socket, 'kill-server']));
}
