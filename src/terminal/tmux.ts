import { spawn } from 'node:child_process';
import { statSync } from 'node:fs';
import { constants } from 'node:os';
import { setTimeout as sleep } from 'node:timers/promises';
import { AgentPoolError } from '../events/errors.ts';
import { commandText, prepareTmux, serverEnvironment, socketPath } from './tmux-config.ts';

export interface NewSession {
  /** Letters, digits, `_` and `-`. */
  name: string;
  /** The session id of the worker: kept on the session and in the worker's AGENTPOOL_SESSION_ID. */
  worker: string;
  cwd: string;
  /** Its words as they stand: no shell reads them. */
  command: readonly string[];
  env: Record<string, string>;
  /** Variables that the worker must not see, whoever set them. */
  unset: readonly string[];
  cols: number;
  rows: number;
  /** A text to keep in tmux's memory under this name, for a later pasteBuffer. It never touches the disk. */
  buffer?: { name: string; text: string };
}

export interface StartedSession {
  pane_id: string;
  pane_pid: number;
  server_pid: number;
}

export interface PaneFacts {
  pane_id: string;
  pane_pid: number;
  pane_dead: boolean;
  /** Null while alive, after a signal, and where tmux does not tell. */
  exit_code: number | null;
  /** `SIGKILL`; null while alive and after an exit. tmux tells it from 3.3 on. */
  exit_signal: string | null;
}

export interface SessionFacts extends PaneFacts {
  name: string;
  /** Null where the session was not made by newSession. */
  worker: string | null;
}

const paneFields = '#{pane_id}|#{pane_pid}|#{pane_dead}|#{pane_dead_status}|#{pane_dead_signal}';
const noServer = /no server running|error connecting to .*\((No such file or directory|Connection refused)\)/;
const dyingServer = /server exited|lost server/;
const anything = /(?:)/;
const notThere = /can't find (session|pane|window)|no such|no current target/;

/** The private tmux server of one AGENTPOOL_HOME. Panes are named by their id: a session's name means its active pane. */
export class Tmux {
  readonly home: string;
  readonly socket: string;

  constructor(home: string) {
    this.home = home;
    this.socket = socketPath(home);
  }

  /** Starts a worker in its own session, starting the server where none runs. Throws TMUX_FAILED, also for a taken name. */
  async newSession(session: NewSession): Promise<StartedSession> {
    if (!/^[\w-]+$/.test(session.name)) {
      throw new AgentPoolError('BAD_SESSION_NAME', `not a tmux session name: ${session.name}`, {}, 'usage');
    }
    if (!isFolder(session.cwd)) {
      throw new AgentPoolError('CWD_NOT_FOUND', `${session.cwd} is not a folder`, { cwd: session.cwd });
    }
    // On stdin, not as arguments: those end at 16 KiB and `ps` shows them, with every key in the environment.
    const script = `${newSessionCommands(session).map(commandText).join(' ; ')}\n`;
    const start = () => this.run(['start-server', ';', 'source-file', '-'], script);
    const started = await retried(start, dyingServer).catch(async (error) => {
      if (/^%\d+\|/m.test(saidBy(error))) await this.killSession(session.name);
      throw error;
    });
    const [pane_id = '', pane_pid, server_pid] = started.trim().split('|');
    return { pane_id, pane_pid: Number(pane_pid), server_pid: Number(server_pid) };
  }

  /** Every session; [] when no server runs. Any other failure throws: it never reads as 'no sessions'. */
  async listSessions(): Promise<SessionFacts[]> {
    const fields = `${paneFields}|#{session_name}|#{@agentpool_worker}`;
    const text = await retried(() => this.#unlessNoServer(['list-panes', '-a', '-F', fields]), anything);
    return (text ?? '')
      .split('\n')
      .filter(Boolean)
      .map((line) => {
        const [name = '', worker] = line.split('|').slice(5);
        return { ...paneFactsOf(line), name, worker: worker || null };
      });
  }

  /** Null when the pane, its session or the server is gone. */
  async paneFacts(paneId: string): Promise<PaneFacts | null> {
    const text = await retried(
      () => this.#ifThere(['display-message', '-p', '-t', paneId, paneFields]),
      anything,
    );
    // tmux 3.2 answers for a pane that is gone with empty fields.
    return text?.startsWith(`${paneId}|`) ? paneFactsOf(text.trim()) : null;
  }

  /** False when there was no such session. */
  async killSession(name: string): Promise<boolean> {
    // A server that ends with this very session may go before it has answered.
    return (await retried(() => this.#ifThere(['kill-session', '-t', `=${name}`]), dyingServer)) !== null;
  }

  async killServer(): Promise<boolean> {
    return (await this.#unlessNoServer(['kill-server'])) !== null;
  }

  async serverPid(): Promise<number | null> {
    const text = await retried(() => this.#unlessNoServer(['display-message', '-p', '#{pid}']), anything);
    return text === null ? null : Number(text);
  }

  /** Keys by tmux's names (`Enter`, `C-u`, `Escape`), or with `literal` a short text as typed (16 KiB at most). */
  async sendKeys(paneId: string, keys: readonly string[], { literal = false } = {}): Promise<void> {
    await this.run(['send-keys', '-t', paneId, ...(literal ? ['-l'] : []), '--', ...keys]);
  }

  /** Keeps a text of any size in tmux's memory. */
  async loadBuffer(name: string, text: string): Promise<void> {
    await this.run(['load-buffer', '-b', name, '-'], text);
  }

  /** Types a buffer into a pane as one paste (bracketed where the program asked for it) and forgets the buffer. */
  async pasteBuffer(paneId: string, name: string): Promise<void> {
    await this.run(['paste-buffer', '-p', '-r', '-d', '-b', name, '-t', paneId]);
  }

  async deleteBuffer(name: string): Promise<void> {
    await this.run(['delete-buffer', '-b', name]).catch(() => {});
  }

  /** What a person types to look at a worker and type to it; the prefix and `d` leave it again. */
  attachCommand(name: string): string[] {
    return ['tmux', '-u', '-S', this.socket, 'attach-session', '-t', `=${name}`];
  }

  /** The words with which a tmux of this server is started. */
  argv(args: readonly string[]): string[] {
    return ['-u', '-S', this.socket, '-f', prepareTmux(this.home), ...args];
  }

  /** One tmux command; its standard output. Throws TMUX_NOT_FOUND or TMUX_FAILED with what tmux said. */
  async run(args: readonly string[], input = ''): Promise<string> {
    return runTmux(this.argv(args), input);
  }

  async #unlessNoServer(args: readonly string[]): Promise<string | null> {
    return this.run(args).catch((error) => {
      if (noServer.test(saidBy(error))) return null;
      throw error;
    });
  }

  async #ifThere(args: readonly string[]): Promise<string | null> {
    return this.#unlessNoServer(args).catch((error) => {
      if (notThere.test(saidBy(error))) return null;
      throw error;
    });
  }
}

/** Asks again: a server that just ends with its last session refuses whoever comes at that moment. */
async function retried<T>(ask: () => Promise<T>, when: RegExp): Promise<T> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await ask();
    } catch (error) {
      const patience = dyingServer.test(saidBy(error)) ? 5 : 2;
      if (attempt >= patience || saidBy(error) === '' || !when.test(saidBy(error))) throw error;
      await sleep(20 * attempt);
    }
  }
}

/** Of "tmux 3.3a": 3 and 3. Throws TMUX_NOT_FOUND. */
export async function tmuxVersion(): Promise<{ text: string; major: number; minor: number }> {
  const text = (await runTmux(['-V'], '')).trim();
  const [, major, minor] = /(\d+)\.(\d+)/.exec(text) ?? [];
  return { text, major: Number(major ?? 0), minor: Number(minor ?? 0) };
}

function newSessionCommands(session: NewSession): string[][] {
  const { name, worker, buffer } = session;
  const env = { ...session.env, AGENTPOOL_SESSION_ID: worker };
  const variables = Object.entries(env).flatMap(([key, value]) => ['-e', `${key}=${value}`]);
  const size = ['-x', String(session.cols), '-y', String(session.rows)];
  const started = ['-P', '-F', '#{pane_id}|#{pane_pid}|#{pid}'];
  return [
    [
      'new-session',
      '-d',
      ...started,
      '-s',
      name,
      ...size,
      '-c',
      session.cwd,
      ...variables,
      '--',
      ...workerArgv(session),
    ],
    ['set-option', '-t', `=${name}:`, '@agentpool_worker', worker],
    ['set-option', '-w', '-t', `=${name}:`, 'window-size', 'manual'],
    ...(buffer ? [['set-buffer', '-b', buffer.name, '--', buffer.text]] : []),
  ];
}

/**
 * Waits, after the worker has exited, until tmux has read all that it printed. tmux closes a pane as soon as its process
 * has exited and drops what it has not read yet (of 30,000 lines and an exit up to 800 were lost, most of the time). It
 * answers the question for its status (DSR) only when it has come to it. A signal that ended the worker ends the shell
 * as well, so that tmux tells it; what shells say about signals is not the worker's output.
 */
const untilAllIsRead = `trap : INT QUIT
exec 3>&2 2>/dev/null
"$@" 2>&3 3>&-
code=$?
trap '' TTOU TTIN
stty raw -echo min 0 time 100 && printf '\\033[5n' && dd bs=4 count=1 >/dev/null
ulimit -c 0
trap - INT QUIT
[ "$code" -gt 128 ] && [ "$code" -lt 160 ] && kill -"$((code - 128))" $$
exit "$code"`;

/** The words stay as they are: the shell gets them as arguments. env(1), as a first window has no other way to lose a variable. */
function workerArgv({ command, unset, env }: NewSession): string[] {
  const away = unset.filter((name) => !(name in env)).flatMap((name) => ['-u', name]);
  return [
    'sh',
    '-c',
    untilAllIsRead,
    'agentpool-worker',
    ...(away.length ? ['env', ...away] : []),
    ...command,
  ];
}

function paneFactsOf(line: string): PaneFacts {
  const [pane_id = '', pid, dead, status, signal] = line.split('|');
  const pane_dead = dead === '1';
  return {
    pane_id,
    pane_pid: Number(pid),
    pane_dead,
    exit_code: pane_dead && status && !signal ? Number(status) : null,
    exit_signal: pane_dead && signal ? signalName(signal) : null,
  };
}

/** tmux tells the number, or the name without its SIG. */
export function signalName(told: string): string {
  const byNumber = Object.entries(constants.signals).find(([, number]) => String(number) === told);
  return byNumber?.[0] ?? (told.startsWith('SIG') ? told : `SIG${told}`);
}

function runTmux(args: readonly string[], input: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const child = spawn('tmux', args, {
      env: serverEnvironment(process.env),
      stdio: ['pipe', 'pipe', 'pipe'],
    });
    let stdout = '';
    let stderr = '';
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      stdout += text;
    });
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      stderr += text;
    });
    // A tmux that fails closes its input early; its own words say why.
    child.stdin.on('error', () => {}).end(input);
    child.on('error', (error: NodeJS.ErrnoException) =>
      reject(error.code === 'ENOENT' ? tmuxNotFound() : error),
    );
    child.on('close', (code) => {
      if (code === 0) return resolve(stdout);
      const said = `${stderr}${stdout}`.trim();
      const command = args.find((word) => /^[a-z]+-[a-z]+$/.test(word)) ?? 'tmux';
      reject(
        new AgentPoolError('TMUX_FAILED', `tmux ${command} failed: ${said.slice(0, 300)}`, { said, code }),
      );
    });
  });
}

export function tmuxNotFound(): AgentPoolError {
  const install = {
    apt: 'sudo apt-get install tmux',
    dnf: 'sudo dnf install tmux',
    brew: 'brew install tmux',
  };
  const message = `tmux is not installed, and workers run in it. Install it: ${Object.values(install).join(' | ')}`;
  return new AgentPoolError('TMUX_NOT_FOUND', message, { install });
}

const saidBy = (error: unknown): string =>
  error instanceof AgentPoolError && typeof error.details.said === 'string' ? error.details.said : '';

function isFolder(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isDirectory() ?? false;
}
