import { randomUUID } from 'node:crypto';
import { statSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Env } from '../../config/paths.ts';
import { AgentPoolError } from '../../lib/errors.ts';
import {
  checkSocketFolder,
  commandText,
  configPath,
  prepareTmux,
  serverEnvironment,
  socketPath,
} from './config.ts';
import { type NewSession, newSessionCommands } from './new-session.ts';
import { type PaneFacts, paneFactsOf, paneFields } from './pane-facts.ts';
import { runTmux, tmuxMessage } from './program.ts';

export interface StartedSession {
  pane_id: string;
  pane_pid: number;
  server_pid: number;
}

export interface SessionFacts extends PaneFacts {
  name: string;
  /** Null when newSession did not create the session. */
  worker: string | null;
}

const noServer = /no server running|error connecting to .*\((No such file or directory|Connection refused)\)/;
const dyingServer = /server exited|lost server/;
const anyError = /(?:)/;
const noSuchTarget = /can't find (session|pane|window)|no such|no current target/;

/**
 * The private tmux server of one AGENTPOOL_HOME. Panes are named by their id: a session's name means its active pane.
 */
export class Tmux {
  readonly home: string;
  readonly socket: string;
  /** What a tmux of this server is started with: nothing of a worker's own. */
  readonly environment: Env;

  constructor(home: string, env: Env) {
    this.home = home;
    this.environment = serverEnvironment(env);
    this.socket = socketPath(home);
  }

  /**
   * Starts a worker in its own session, and the server when none runs. Throws TMUX_FAILED, also for a name in use,
   * BAD_SESSION_NAME and CWD_NOT_FOUND.
   */
  async newSession(session: NewSession): Promise<StartedSession> {
    if (!/^[\w-]+$/.test(session.name)) {
      throw new AgentPoolError('BAD_SESSION_NAME', `not a tmux session name: ${session.name}`, {});
    }
    if (!isFolder(session.cwd)) {
      throw new AgentPoolError('CWD_NOT_FOUND', `${session.cwd} is not a folder`, { cwd: session.cwd });
    }
    prepareTmux(this.home);
    // On stdin, not as arguments: those end at 16 KiB and `ps` shows them, with every key in the environment.
    const script = `${newSessionCommands(session).map(commandText).join(' ; ')}\n`;
    const start = () => this.run(['start-server', ';', 'source-file', '-'], script);
    const started = await retry(start, dyingServer).catch(async (error) => {
      if (/^%\d+\|/m.test(tmuxMessage(error))) await this.killSession(session.name);
      throw error;
    });
    const [pane_id = '', pane_pid, server_pid] = started.trim().split('|');
    return { pane_id, pane_pid: Number(pane_pid), server_pid: Number(server_pid) };
  }

  /** Every session; [] when no server runs. Any other failure throws: it is never reported as 'no sessions'. */
  async listSessions(): Promise<SessionFacts[]> {
    const fields = `${paneFields}|#{session_name}|#{@agentpool_worker}`;
    const text = await retry(() => this.#ifServerRuns(['list-panes', '-a', '-F', fields]), anyError);
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
    const text = await retry(
      () => this.#ifExists(['display-message', '-p', '-t', paneId, paneFields]),
      anyError,
    );
    // tmux 3.2 answers with empty fields for a pane that is gone.
    return text?.startsWith(`${paneId}|`) ? paneFactsOf(text.trim()) : null;
  }

  /**
   * Ends a session; false when there was none. Its control clients go first: tmux before 3.7 crashes, with every session
   * that it has, when a session is destroyed under a client with a subscription.
   */
  async killSession(name: string): Promise<boolean> {
    await this.#endControlClients(name);
    // A server that ends with this session may be gone before it answers.
    return (await retry(() => this.#ifExists(['kill-session', '-t', `=${name}`]), dyingServer)) !== null;
  }

  /** Gives up after a second: a client that cannot be ended must not keep the session. */
  async #endControlClients(session: string): Promise<void> {
    const list = ['list-clients', '-t', `=${session}`, '-F', '#{client_control_mode} #{client_pid}'];
    for (let left = 100; left > 0; left--) {
      const clients = await retry(() => this.#ifExists(list), dyingServer);
      const pids = [...(clients ?? '').matchAll(/^1 (\d+)$/gm)].map(([, pid]) => Number(pid));
      if (pids.length === 0) return;
      for (const pid of pids) endProcess(pid);
      await sleep(10);
    }
  }

  async killServer(): Promise<boolean> {
    return (await this.#ifServerRuns(['kill-server'])) !== null;
  }

  async serverPid(): Promise<number | null> {
    const asked = retry(() => this.#ifServerRuns(['display-message', '-p', '#{pid}']), anyError);
    // A server that is ending refuses every client: for a new one it does not run any more.
    const text = await asked.catch((error) => {
      if (dyingServer.test(tmuxMessage(error))) return null;
      throw error;
    });
    return text === null ? null : Number(text);
  }

  /**
   * Sends keys by tmux's names (`Enter`, `C-u`, `Escape`), or with `literal` a short text as typed (16 KiB at most).
   */
  async sendKeys(paneId: string, keys: readonly string[], { literal = false } = {}): Promise<void> {
    await this.run(['send-keys', '-t', paneId, ...(literal ? ['-l'] : []), '--', ...keys]);
  }

  /**
   * Pastes a text of any size into a pane, bracketed where the program asked for it. Returns what the commands in
   * `first` print, which run right before it: one call for all, because each starts a process.
   */
  async paste(paneId: string, text: string, first: readonly string[][] = []): Promise<string> {
    if (text === '') return first.length > 0 ? this.run(joined(first)) : '';
    const buffer = `paste-${randomUUID()}`;
    const commands = [
      ...first,
      ['load-buffer', '-b', buffer, '-'],
      ['paste-buffer', '-p', '-r', '-d', '-b', buffer, '-t', paneId],
    ];
    return this.run(joined(commands), text).catch(async (error) => {
      await this.deleteBuffer(buffer);
      throw error;
    });
  }

  async deleteBuffer(name: string): Promise<void> {
    await this.run(['delete-buffer', '-b', name]).catch(() => {});
  }

  /** The command for a person to watch a worker and type to it; the prefix and `d` detach. */
  attachCommand(name: string): string[] {
    return ['tmux', '-u', '-S', this.socket, 'attach-session', '-t', `=${name}`];
  }

  /** The tmux options that select this server, followed by `args`. Throws SOCKET_FOLDER_NOT_OURS. */
  argv(args: readonly string[]): string[] {
    checkSocketFolder(this.home);
    return ['-u', '-S', this.socket, '-f', configPath(this.home), ...args];
  }

  /**
   * Runs one tmux command and resolves to its standard output. Throws TMUX_NOT_FOUND, or TMUX_FAILED with tmux's
   * message.
   */
  async run(args: readonly string[], input = ''): Promise<string> {
    return runTmux(this.argv(args), input, this.environment);
  }

  async #ifServerRuns(args: readonly string[]): Promise<string | null> {
    return this.run(args).catch((error) => {
      if (noServer.test(tmuxMessage(error))) return null;
      throw error;
    });
  }

  async #ifExists(args: readonly string[]): Promise<string | null> {
    return this.#ifServerRuns(args).catch((error) => {
      if (noSuchTarget.test(tmuxMessage(error))) return null;
      throw error;
    });
  }
}

/** Several commands as one call. */
export const joined = (commands: readonly string[][]): string[] =>
  commands.flatMap((command, at) => (at === 0 ? command : [';', ...command]));

/** Retries: a server that is about to end refuses new clients, on a busy machine for more than a second. */
async function retry<T>(ask: () => Promise<T>, when: RegExp): Promise<T> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await ask();
    } catch (error) {
      const maxAttempts = dyingServer.test(tmuxMessage(error)) ? 20 : 2;
      if (attempt >= maxAttempts || tmuxMessage(error) === '' || !when.test(tmuxMessage(error))) throw error;
      await sleep(Math.min(20 * attempt, 100));
    }
  }
}

/** Killed, so that its server drops it at once: one that leaves in its own time is what makes tmux crash. */
function endProcess(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch {
    // It has ended already.
  }
}

function isFolder(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isDirectory() ?? false;
}
