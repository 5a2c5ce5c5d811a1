import { type ChildProcess, execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after } from 'node:test';
import { assertPublished } from '../../cli/testing/published.ts';
import type { LedgerEvent } from '../../events/catalogue/index.ts';
import { packageRoot } from '../../lib/package-root.ts';
import { kill } from '../../lib/process/kill.ts';
import { pidsWithVariable } from '../../lib/process/process-table.ts';
import { identity, isAlive, workerProcesses } from '../../lib/process/processes.ts';
import { until } from '../../lib/testing/until.ts';
import { type Ledger, openLedger } from '../../projections/projector/ledger.ts';
import type { SessionRow } from '../../projections/sessions/queries.ts';
import { serverNames, serverPlace, serversFolder } from '../../terminal/tmux/places.ts';
import { main, needsProcess, runHere, runProcess, type Said, startProcess } from './command-line.ts';
import { gitIn, makeRepository } from './repository.ts';

export { type Said, saidBy } from './command-line.ts';

/** A fake agent of `fixtures/agents` that config.yaml adds as a custom provider. */
export interface Agent {
  id: string;
  /** The file's name; the id by default. */
  program?: string;
  env?: Record<string, string>;
  /** Its command, in place of a file. It must end at once without AGENTPOOL_SESSION_ID. */
  command?: readonly string[];
  promptMode?: 'arg' | 'stdin' | 'send_after_launch';
}

export interface RunOptions {
  input?: string | Buffer;
  env?: Record<string, string>;
  cwd?: string;
  /** Whether it runs in a process of its own, as for a user: see `HomeOptions.wholeProcesses`. */
  wholeProcess?: boolean;
}

export interface HomeOptions {
  agents?: readonly Agent[];
  /** More settings of config.yaml, as JSON. */
  config?: Record<string, unknown>;
  /** The home, relative to `ground`. Short, because sockets are in it, unless the length does not matter. */
  folder?: string;
  /**
   * Whether every command line runs in a process of its own, with the fast path. By default they run in the process of
   * the test where that makes no difference.
   */
  wholeProcesses?: boolean;
  /** Whether it is ended with the test that makes it (the default). A script ends it by `end`. */
  endsWithTest?: boolean;
}

const agentFile = (program: string) => join(packageRoot(), 'fixtures', 'agents', `${program}.mjs`);

/**
 * An AGENTPOOL_HOME, a user and a repository for a test, with the built command line to use them. When the test is
 * over, the workers, the watcher and the tmux servers are ended and everything is removed.
 */
export class Home {
  readonly ground = realpathSync(mkdtempSync(join(tmpdir(), 'ap-')));
  readonly folder: string;
  /** A git repository with one commit, of a.txt. */
  readonly repo = join(this.ground, 'repo');
  readonly env: Record<string, string>;
  readonly #user = join(this.ground, 'user');
  readonly #wholeProcesses: boolean;

  constructor({
    agents = [],
    config = {},
    folder = 'home',
    wholeProcesses = false,
    endsWithTest = true,
  }: HomeOptions = {}) {
    this.#wholeProcesses = wholeProcesses;
    if (!existsSync(main)) throw new Error('build the command line first: node scripts/build.mjs');
    this.folder = join(this.ground, folder);
    mkdirSync(this.#user);
    const { PATH = '', TMPDIR, LANG = 'C.UTF-8', NODE_COMPILE_CACHE } = process.env;
    this.env = {
      PATH,
      LANG,
      ...(TMPDIR ? { TMPDIR } : {}),
      ...(NODE_COMPILE_CACHE ? { NODE_COMPILE_CACHE } : {}),
      HOME: this.#user,
      AGENTPOOL_HOME: this.folder,
      GIT_CONFIG_NOSYSTEM: '1',
      NO_COLOR: '1',
    };
    this.configure(agents, config);
    makeRepository(this.repo, this.env);
    if (endsWithTest) after(() => this.end());
  }

  get ledgerFile(): string {
    return join(this.folder, 'ledger.sqlite');
  }

  /** Writes config.yaml; without agents and settings, no file. */
  configure(agents: readonly Agent[], config: Record<string, unknown> = {}): void {
    if (agents.length === 0 && Object.keys(config).length === 0) return;
    mkdirSync(this.folder, { recursive: true, mode: 0o700 });
    const custom_providers = agents.map(({ id, program = id, command, env = {}, promptMode = 'arg' }) => ({
      id,
      command: command ?? [process.execPath, agentFile(program)],
      prompt_mode: promptMode,
      env,
    }));
    // JSON is YAML.
    writeFileSync(
      join(this.folder, 'config.yaml'),
      JSON.stringify({ version: 1, ...config, custom_providers }),
    );
  }

  /** Starts `agentpool ...words` in the repository, as a process. */
  start(
    words: readonly string[],
    { env = {}, cwd = this.repo }: Pick<RunOptions, 'env' | 'cwd'> = {},
  ): ChildProcess {
    return startProcess(words, { cwd, env: { ...this.env, ...env } });
  }

  /** Runs a command to its end, however it ends; output with --json is checked against its schema. */
  async run(
    words: readonly string[],
    { input = '', env = {}, cwd = this.repo, wholeProcess = this.#wholeProcesses }: RunOptions = {},
  ): Promise<Said> {
    const place = { cwd, env: { ...this.env, ...env } };
    const apart = wholeProcess || needsProcess(words, env);
    const run = apart ? runProcess : runHere;
    const outcome = await run(words, input, place);
    assertPublished(words, outcome.stdout);
    return outcome;
  }

  /** Runs a command with --json and returns what it printed, whatever the exit code. */
  // biome-ignore lint/suspicious/noExplicitAny: tests read what they expect, and fail if it is missing
  async json(words: readonly string[], options: RunOptions = {}): Promise<any> {
    const { stdout, stderr, code } = await this.run([...words, '--json'], options);
    try {
      return JSON.parse(stdout);
    } catch {
      throw new Error(`agentpool ${words.join(' ')} (exit ${code}) printed no JSON: ${stdout}${stderr}`);
    }
  }

  /** Spawns a worker and returns its id. */
  async spawn(provider: string, ...options: string[]): Promise<string> {
    const task = options.some((word) => word.startsWith('--task')) ? [] : ['--task', 'Look for the parser'];
    const printed = await this.json(['spawn', '--provider', provider, ...task, ...options]);
    if (!printed.session_id) throw new Error(`no worker: ${JSON.stringify(printed)}`);
    return printed.session_id;
  }

  /** The code of the error that the command ends with. */
  async refused(words: readonly string[], options: RunOptions = {}): Promise<string> {
    return (await this.json(words, options)).error?.code ?? 'no error';
  }

  #read<T>(look: (ledger: Ledger) => T): T {
    const ledger = openLedger(this.ledgerFile);
    try {
      return look(ledger);
    } finally {
      ledger.close();
    }
  }

  /** The sessions of the ledger, read without a command that could change it. */
  sessions(): SessionRow[] {
    return this.#read((ledger) => ledger.all<SessionRow>('SELECT * FROM sessions ORDER BY position'));
  }

  session(id: string): SessionRow {
    const row = this.sessions().find((session) => session.id === id);
    if (!row) throw new Error(`the ledger does not know ${id}`);
    return row;
  }

  events(id?: string): LedgerEvent[] {
    const events = this.#read((ledger) => [...ledger.events()]);
    return id === undefined ? events : events.filter(({ stream_id }) => stream_id === `worker/${id}`);
  }

  /** The events of this type, with their data. */
  eventsOf<T extends LedgerEvent['type']>(type: T, id?: string): Extract<LedgerEvent, { type: T }>[] {
    return this.events(id).filter((event): event is Extract<LedgerEvent, { type: T }> => event.type === type);
  }

  /** Waits until the worker is in one of these states in the ledger; runs no command for that. */
  reaches(id: string, ...states: string[]): Promise<SessionRow> {
    return this.#becomes(id, states.join(' or '), ({ state }) => states.includes(state));
  }

  /** Waits until the ledger records that its process is gone. */
  ends(id: string): Promise<SessionRow> {
    return this.#becomes(id, 'ended', ({ alive }) => alive === 0);
  }

  /** Keeps the ledger open while it waits: to open it for each look would keep a core busy. */
  async #becomes(id: string, what: string, is: (session: SessionRow) => boolean): Promise<SessionRow> {
    const ledger = openLedger(this.ledgerFile);
    try {
      const found = () => {
        const session = ledger.get<SessionRow>('SELECT * FROM sessions WHERE id = ?', id);
        if (!session) throw new Error(`the ledger does not know ${id}`);
        return is(session) && session;
      };
      return await until(`${id} to be ${what}`, found, () =>
        JSON.stringify(
          this.events(id).map(({ type, data }) => [type, data]),
          null,
          1,
        ),
      );
    } finally {
      ledger.close();
    }
  }

  /** Runs a command of a worker's tmux server; null if none runs. */
  tmux(id: string, ...args: string[]): string | null {
    try {
      const words = ['-S', serverPlace(this.folder, id).socket, ...args];
      return execFileSync('tmux', words, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] });
    } catch {
      return null;
    }
  }

  /** The names of the tmux sessions of all servers. */
  tmuxSessions(): string[] {
    const list = ['list-sessions', '-F', '#{session_name}'];
    return serverNames(this.folder).flatMap((id) =>
      (this.tmux(id, ...list) ?? '').split('\n').filter(Boolean),
    );
  }

  /** Ends every tmux server, as a restart of the machine does. */
  killServers(): void {
    for (const id of serverNames(this.folder)) this.tmux(id, 'kill-server');
  }

  processesOf(id: string): number[] {
    return workerProcesses({ sessionId: id, root: null }).map(({ pid }) => pid);
  }

  /** The pid of the watcher in the ledger if it runs. */
  watcherPid(): number | null {
    const row = this.#read((ledger) =>
      ledger.get<{ pid: number; started: string }>(
        'SELECT pid, started FROM watchers WHERE stopped_at IS NULL ORDER BY fence DESC LIMIT 1',
      ),
    );
    return row && isAlive(row) ? row.pid : null;
  }

  /** Ends every process of this home that is no worker: the watcher, even one that is still starting. */
  endCommands(): Promise<void> {
    return allKilled(() => pidsWithVariable('AGENTPOOL_HOME', this.folder));
  }

  git(...args: string[]): string {
    return gitIn(this.repo, this.env, ...args);
  }

  /** The sessions to end; none if a test has corrupted the ledger: their processes are then found by the home. */
  #sessionsToEnd(): SessionRow[] {
    try {
      return existsSync(this.ledgerFile) ? this.sessions().filter(({ alive }) => alive) : [];
    } catch {
      return [];
    }
  }

  /** Kills everything at once: `terminate` would give each worker that a test leaves a period of grace. */
  async end(): Promise<void> {
    if (!existsSync(this.ground)) return;
    await this.endCommands();
    await allKilled(() => pidsWithVariable('HOME', this.#user));
    for (const { id } of this.#sessionsToEnd()) await allKilled(() => this.processesOf(id));
    this.killServers();
    rmSync(serversFolder(this.folder), { recursive: true, force: true });
    rmSync(this.ground, { recursive: true, force: true, maxRetries: 10, retryDelay: 50 });
  }
}

/** Kills the processes that `find` finds until it finds none. */
async function allKilled(find: () => Iterable<number>): Promise<void> {
  for (let pids = [...find()]; pids.length > 0; pids = [...find()]) await Promise.all(pids.map(killed));
}

/** Kills one process with SIGKILL and waits until it is gone. */
export async function killed(pid: number): Promise<void> {
  const process_ = identity(pid);
  if (!process_) return;
  kill(pid);
  await until(`the end of ${pid}`, () => !isAlive(process_));
}
