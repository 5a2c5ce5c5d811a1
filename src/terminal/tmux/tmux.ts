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
import { runTmux, saidBy } from './program.ts';

export interface StartedSession {
  pane_id: string;
  pane_pid: number;
  server_pid: number;
}

export interface SessionFacts extends PaneFacts {
  name: string;
  /** Null where the session was not made by newSession. */
  worker: string | null;
}

const noServer = /no server running|error connecting to .*\((No such file or directory|Connection refused)\)/;
const dyingServer = /server exited|lost server/;
const anything = /(?:)/;
const notThere = /can't find (session|pane|window)|no such|no current target/;

/** The private tmux server of one AGENTPOOL_HOME. Panes are named by their id: a session's name means its active pane. */
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

  /** Starts a worker in its own session, starting the server where none runs. Throws TMUX_FAILED, also for a taken name. */
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

  /** The words with which a tmux of this server is started. Throws SOCKET_FOLDER_NOT_OURS. */
  argv(args: readonly string[]): string[] {
    checkSocketFolder(this.home);
    return ['-u', '-S', this.socket, '-f', configPath(this.home), ...args];
  }

  /** One tmux command; its standard output. Throws TMUX_NOT_FOUND or TMUX_FAILED with what tmux said. */
  async run(args: readonly string[], input = ''): Promise<string> {
    return runTmux(this.argv(args), input, this.environment);
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
      const timeouts = dyingServer.test(saidBy(error)) ? 5 : 2;
      if (attempt >= timeouts || saidBy(error) === '' || !when.test(saidBy(error))) throw error;
      await sleep(20 * attempt);
    }
  }
}

function isFolder(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isDirectory() ?? false;
}
