import { dirname, resolve } from 'node:path';
import { run } from '../../lib/process/run.ts';
import { counted } from '../../lib/text/counted.ts';
import { shellLine } from '../../lib/text/shell.ts';
import { LONGEST_ID, MAX_SOCKET_BYTES, serverPlace, serversFolder } from '../../terminal/tmux/places.ts';
import type { TmuxServer } from '../../terminal/tmux/server.ts';
import type { TmuxServers } from '../../terminal/tmux/servers.ts';
import { broken, type Finding, fine } from '../core/setup/finding.ts';

/** Checks that the paths of the sockets are short enough for the kernel. */
export function checkSocket(home: string): Finding {
  const folder = serversFolder(home);
  const length = Buffer.byteLength(serverPlace(home, LONGEST_ID).socket);
  if (length > MAX_SOCKET_BYTES) {
    const found = `${length} bytes are too long for a socket: ${folder}`;
    return broken('socket', found, 'export AGENTPOOL_HOME="$HOME/.agentpool"', 'export TMPDIR=/tmp');
  }
  const elsewhere = dirname(folder) === resolve(home) ? '' : ' (the path of the home is too long for it)';
  return fine('socket', `${folder}${elsewhere}, ${length} of ${MAX_SOCKET_BYTES} bytes`);
}

/** Checks that the private tmux servers that run answer. Starts none. */
export async function checkServers(tmux: TmuxServers): Promise<Finding> {
  const answers = await Promise.all(tmux.all().map(fault));
  const running = answers.filter((answer) => answer !== 'not running');
  const faults = running.filter((answer) => answer !== 'answers');
  const [first] = faults;
  if (first) {
    const found = faults.length > 1 ? `${first.found} (and ${faults.length - 1} more)` : first.found;
    return broken('tmux server', found, ...faults.map(({ fix }) => fix));
  }
  if (running.length === 0) return fine('tmux server', 'none running; a spawn starts one for its worker');
  return fine('tmux server', `${counted(running.length, 'server')} running, one per worker, and answering`);
}

/** What keeps a server from answering, and the command that ends it. */
async function fault(
  server: TmuxServer,
): Promise<'not running' | 'answers' | { found: string; fix: string }> {
  if (!(await server.isListening())) return 'not running';
  const args = server.argv(['display-message', '-p', '#{pid}']);
  const answer = await run('tmux', args, { env: server.environment, timeoutMs: 5000 });
  if (!answer.error) return 'answers';
  // It has ended since.
  if (/no server running|error connecting/.test(answer.stderr)) return 'not running';
  const said = answer.timedOut ? 'does not answer within 5 s' : answer.stderr.trim() || answer.error.message;
  const fix = shellLine(['tmux', '-S', server.socket, 'kill-server']);
  return { found: `${server.socket}: ${said}`, fix };
}
