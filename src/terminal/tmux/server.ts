import { accessSync, constants, rmSync, statSync } from 'node:fs';
import { connect } from 'node:net';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Env } from '../../config/paths.ts';
import { AgentPoolError } from '../../lib/errors.ts';
import { monotonic } from '../../lib/time/monotonic.ts';
import { type Commands, joined, tmuxArguments } from './arguments.ts';
import { commandText, configPath, writeConfig } from './config.ts';
import { folderReport, startedIn } from './folder-report.ts';
import { type NewSession, newSessionCommands } from './new-session.ts';
import { type PaneFacts, paneFactsOf, paneFields } from './pane-facts.ts';
import { releaseUnread } from './pipes.ts';
import { checkServersFolder, makeServerFolder, type ServerPlace } from './places.ts';
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

const DEFAULT_PATH = '/usr/local/bin:/usr/bin:/bin';

const noServer = /no server running|error connecting to .*\((No such file or directory|Connection refused)\)/;
const dyingServer = /server exited|lost server/;
const anyError = /(?:)/;
const noSuchTarget = /can't find (session|pane|window)|no such|no current target/;

/** How long a server may take to end, in milliseconds. */
const ENDING_MS = 3000;

/** A private tmux server, of one worker. Panes are named by their id: a session's name means its active pane. */
export class TmuxServer {
  readonly home: string;
  /** What belongs to this server besides its socket; it goes when the worker's session is ended. */
  readonly folder: string;
  readonly socket: string;
  /** What a tmux of this server is started with: nothing of a worker's own. */
  readonly environment: Env;

  constructor({ home, folder, socket }: ServerPlace, environment: Env) {
    this.home = home;
    this.folder = folder;
    this.socket = socket;
    this.environment = environment;
  }

  /**
   * Starts the server with the worker's session. Resolves once the worker's process is known to
   * run in `cwd`. Throws TMUX_FAILED, also for a name in use, BAD_SESSION_NAME, CWD_NOT_FOUND and CWD_WRONG; no session
   * is left then.
   */
  async newSession(session: NewSession): Promise<StartedSession> {
    if (!/^[\w-]+$/.test(session.name)) {
      throw new AgentPoolError('BAD_SESSION_NAME', `not a tmux session name: ${session.name}`, {});
    }
    assertFolder(session.cwd);
    makeServerFolder(this);
    writeConfig(this.home);
    const report = folderReport(this.folder);
    // On stdin, not as arguments: those end at 16 KiB and `ps` shows them, with every key in the environment.
    const script = `${newSessionCommands(session, {
      report,
      changed: this.changed,
      path: this.environment.PATH ?? DEFAULT_PATH,
    })
      .map(commandText)
      .join(' ; ')}\n`;
    const start = () => this.run(joined([['start-server'], ['source-file', '-']]), script);
    try {
      const started = await retry(start, dyingServer);
      await startedIn(session.cwd, report);
      const [pane_id = '', pane_pid, server_pid] = started.trim().split('|');
      return { pane_id, pane_pid: Number(pane_pid), server_pid: Number(server_pid) };
    } catch (error) {
      // A session of that name that was there before stays.
      const isOurs = tmuxMessage(error) === '' || /^%\d+\|/m.test(tmuxMessage(error));
      if (isOurs) await this.killSession(session.name).catch(() => false);
      throw error;
    }
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
      () => this.ifExists(['display-message', '-p', '-t', paneId, paneFields]),
      anyError,
    );
    // tmux 3.2 answers with empty fields for a pane that is gone.
    return text?.startsWith(`${paneId}|`) ? paneFactsOf(text.trim()) : null;
  }

  /** The file that the server writes to when its worker has exited or its pane has changed its size. */
  get changed(): string {
    return join(this.folder, 'changed');
  }

  /** Whether a server answers. Starts no process. */
  isListening(): Promise<boolean> {
    return new Promise((resolve) => {
      const connection = connect(this.socket);
      connection.once('connect', () => {
        connection.destroy();
        resolve(true);
      });
      connection.once('error', () => resolve(false));
    });
  }

  /** Ends the worker's session, which is all that its server has, and removes their files; false when there was none. */
  async killSession(_name: string): Promise<boolean> {
    const ran = await this.killServer();
    await this.removeFiles();
    return ran;
  }

  /**
   * Removes the files of a server that has ended; false if it runs. `within` calls what it is given, unless a new server
   * is about to start in the same folder.
   */
  async removeFiles(within: (remove: () => void) => void = (remove) => remove()): Promise<boolean> {
    if (await this.isListening()) return false;
    within(() => {
      releaseUnread(this.folder);
      removeFolder(this.folder);
    });
    return true;
  }

  /** Ends the server and waits until it is gone; false when none ran. */
  async killServer(): Promise<boolean> {
    const answer = await this.#ifServerRuns(['kill-server']).catch((error) => {
      if (!dyingServer.test(tmuxMessage(error))) throw error;
      return '';
    });
    if (answer === null) return false;
    for (const end = monotonic() + ENDING_MS; monotonic() < end; await sleep(5)) {
      if (!(await this.isListening())) break;
    }
    return true;
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
    await this.run(joined(pressing(paneId, keys, { literal })));
  }

  async deleteBuffer(name: string): Promise<void> {
    await this.run(['delete-buffer', '-b', name]).catch(() => {});
  }

  /** The command for a person to watch a worker and type to it; the prefix and `d` detach. */
  attachCommand(name: string): string[] {
    return ['tmux', '-u', '-S', this.socket, 'attach-session', '-t', `=${name}`];
  }

  /**
   * The words that run a command, or several, on this server: no word of theirs ends a command or begins another.
   * Throws SOCKET_FOLDER_NOT_OURS.
   */
  argv(command: readonly string[] | Commands): string[] {
    checkServersFolder(this.home);
    return ['-u', '-S', this.socket, '-f', configPath(this.home), ...tmuxArguments(command)];
  }

  /**
   * Runs one command, or several as one call, and resolves to the standard output. Throws TMUX_NOT_FOUND, or
   * TMUX_FAILED with tmux's message.
   */
  async run(command: readonly string[] | Commands, input = ''): Promise<string> {
    return runTmux(this.argv(command), input, this.environment);
  }

  async #ifServerRuns(args: readonly string[]): Promise<string | null> {
    return this.run(args).catch((error) => {
      if (noServer.test(tmuxMessage(error))) return null;
      throw error;
    });
  }

  protected async ifExists(args: readonly string[]): Promise<string | null> {
    return this.#ifServerRuns(args).catch((error) => {
      if (noSuchTarget.test(tmuxMessage(error))) return null;
      throw error;
    });
  }
}

/**
 * The commands that press keys. They leave copy mode first, in which a turn of the wheel puts a pane: there a key
 * scrolls, or opens a prompt for which send-keys waits, and never reaches the program.
 */
export const pressing = (paneId: string, keys: readonly string[], { literal = false } = {}): string[][] => [
  ['copy-mode', '-q', '-t', paneId],
  ['send-keys', '-t', paneId, ...(literal ? ['-l'] : []), '--', ...keys],
];

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

function assertFolder(cwd: string): void {
  const isFolder = statSync(cwd, { throwIfNoEntry: false })?.isDirectory() ?? false;
  if (!isFolder) throw new AgentPoolError('CWD_NOT_FOUND', `${cwd} is not a folder`, { cwd });
  try {
    accessSync(cwd, constants.X_OK);
  } catch (cause) {
    const message = `No program can be started in ${cwd}: the folder cannot be entered.`;
    throw new AgentPoolError('CWD_NOT_FOUND', message, { cwd }, { cause });
  }
}

/** The watcher may make its pipe in a folder that is being removed; Node's own retries do not look for new files. */
function removeFolder(folder: string): void {
  for (let attempt = 1; ; attempt += 1) {
    try {
      rmSync(folder, { recursive: true, force: true });
      return;
    } catch (cause) {
      if ((cause as NodeJS.ErrnoException).code !== 'ENOTEMPTY' || attempt === 10) throw cause;
    }
  }
}
