import { execFile, execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after } from 'node:test';
import { packageRoot } from '../../config/package-root.ts';
import { socketPath } from '../../terminal/tmux-config.ts';
import { assertPublished } from './published.ts';

/** What a command line said, for tests. */
export interface Said {
  code: number;
  stdout: string;
  stderr: string;
}

export interface RunOptions {
  cwd?: string;
  env?: Record<string, string | undefined>;
}

const main = join(packageRoot(), 'dist', 'main.js');

/**
 * A home, a user and a repository that are thrown away when the tests of the file are done, with the built command line
 * to use them. Workers, the watcher and the tmux server of that home are ended first.
 */
export class TestHome {
  /** Short, because sockets lie below it. */
  readonly ground = realpathSync(mkdtempSync(join(tmpdir(), 'ap-cli-')));
  readonly home = join(this.ground, 'home');
  /** A git repository with one commit that holds a.txt. */
  readonly repo = join(this.ground, 'repo');
  readonly env: Record<string, string | undefined>;

  constructor() {
    if (!existsSync(main)) throw new Error('build the command line first: node scripts/build.mjs');
    const user = join(this.ground, 'user');
    mkdirSync(user);
    const { PATH, TMPDIR, LANG } = process.env;
    this.env = {
      PATH,
      TMPDIR,
      LANG,
      HOME: user,
      AGENTPOOL_HOME: this.home,
      GIT_CONFIG_NOSYSTEM: '1',
      NO_COLOR: '1',
    };
    this.#makeRepository();
    after(() => this.#end());
  }

  /** Runs `agentpool ...words` in the repository; never throws for its exit code. With --json, what it prints is held against its schema. */
  async run(words: readonly string[], { cwd = this.repo, env = {} }: RunOptions = {}): Promise<Said> {
    const options = { cwd, env: { ...this.env, ...env }, timeout: 120_000, maxBuffer: 64 << 20 };
    const said = await new Promise<Said>((done, fail) => {
      execFile(process.execPath, [main, ...words], options, (error, stdout, stderr) => {
        const code = error === null ? 0 : error.code;
        if (typeof code === 'number') done({ code, stdout, stderr });
        else
          fail(new Error(`agentpool ${words.join(' ')} did not end by itself: ${stderr || error?.message}`));
      });
    });
    assertPublished(words, said.stdout);
    return said;
  }

  /** The same with --json: what it printed, whatever the exit code. */
  // biome-ignore lint/suspicious/noExplicitAny: tests look at what they expect, and fail where it is not there
  async json(words: readonly string[], options: RunOptions = {}): Promise<any> {
    const { stdout, stderr, code } = await this.run([...words, '--json'], options);
    try {
      return JSON.parse(stdout);
    } catch {
      throw new Error(`agentpool ${words.join(' ')} (exit ${code}) printed no JSON: ${stdout}${stderr}`);
    }
  }

  git(...args: string[]): string {
    return execFileSync('git', args, {
      cwd: this.repo,
      env: this.env as NodeJS.ProcessEnv,
      encoding: 'utf8',
    }).trimEnd();
  }

  #makeRepository(): void {
    mkdirSync(this.repo);
    this.git('init', '--quiet', '--initial-branch=main');
    this.git('config', 'user.name', 'Test');
    this.git('config', 'user.email', 'test@example.invalid');
    writeFileSync(join(this.repo, 'a.txt'), 'hello\n');
    this.git('add', '.');
    this.git('commit', '--quiet', '--message', 'first');
  }

  async #end(): Promise<void> {
    if (existsSync(join(this.home, 'ledger.sqlite'))) {
      const { sessions } = await this.json(['sessions', '--all', '--limit', '1000']);
      // Undefined where a test has spoiled the ledger.
      for (const { id, alive } of sessions ?? []) if (alive) await this.run(['terminate', id]);
      await this.run(['watcher', 'stop']);
    }
    const socket = socketPath(this.home);
    if (existsSync(socket)) {
      // Mostly it has ended with its last session.
      await new Promise((done) => execFile('tmux', ['-S', socket, 'kill-server'], done));
    }
    rmSync(this.ground, { recursive: true, force: true, maxRetries: 10, retryDelay: 50 });
  }
}
