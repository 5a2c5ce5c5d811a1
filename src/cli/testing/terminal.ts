import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after } from 'node:test';
import { packageRoot } from '../../lib/package-root.ts';
import { until } from '../../lib/testing/until.ts';
import { shellLine } from '../../lib/text/shell.ts';
import type { Home } from '../../workers/testing/home.ts';

const main = join(packageRoot(), 'dist', 'main.js');

/** A terminal (a separate tmux server) with a shell that runs the built command line in a test's home. */
export class Terminal {
  readonly #socket: string;
  readonly #path: string | undefined;

  constructor(home: Pick<Home, 'env' | 'repo'>, { cols = 100, rows = 30, shell = ['sh'] } = {}) {
    const folder = mkdtempSync(join(tmpdir(), 'ap-term-'));
    this.#socket = join(folder, 'tmux');
    const { NO_COLOR: _, ...env } = home.env;
    this.#path = env.PATH;
    const variables = Object.entries({ ...env, PS1: '$ ' }).flatMap(([key, value]) => [
      '-e',
      `${key}=${value}`,
    ]);
    const size = ['-x', String(cols), '-y', String(rows)];
    this.tmux('new-session', '-d', ...size, ...variables, '-c', home.repo, ...shell);
    after(() => {
      // Usually the server has already exited: its shell belongs to the home and ends with it.
      spawnSync('tmux', ['-S', this.#socket, 'kill-server']);
      rmSync(folder, { recursive: true, force: true });
    });
  }

  tmux(...words: string[]): string {
    // tmux gives its commands the PATH of the client and ignores the one of -e.
    const env = { ...process.env, PATH: this.#path };
    return execFileSync('tmux', ['-S', this.#socket, '-f', '/dev/null', ...words], { encoding: 'utf8', env });
  }

  /** Types `agentpool ...words`; the shell prints `exit=CODE` when it has finished. */
  type(...words: string[]): void {
    this.typeLine(shellLine([process.execPath, main, ...words]));
  }

  /** The same for a whole command line, on an empty screen. */
  typeLine(line: string): void {
    // The end of the last command must not pass for the end of this one.
    this.tmux('send-keys', '-R');
    this.tmux('send-keys', '-l', `clear; ${line}; echo exit=$?`);
    this.tmux('send-keys', 'Enter');
  }

  press(...keys: string[]): void {
    this.tmux('send-keys', ...keys);
  }

  /**
   * The text on the screen, without trailing empty lines. `colors` keeps its colour sequences, `joined` undoes the
   * breaks that the terminal made in long lines.
   */
  screen({ colors = false, joined = false } = {}): string {
    return this.tmux('capture-pane', '-p', ...(colors ? ['-e'] : []), ...(joined ? ['-J'] : [])).trimEnd();
  }

  /** Waits until the screen shows a text, and returns the screen. */
  shows(what: RegExp): Promise<string> {
    const found = () => {
      const screen = this.screen();
      return what.test(screen) && screen;
    };
    return until(`${what} in the terminal`, found, () => this.screen());
  }

  /** Waits for the end of the typed command. Returns its exit code. */
  async exits(): Promise<number> {
    const screen = await this.shows(/^exit=\d+$/m);
    return Number(/^exit=(\d+)$/m.exec(screen)?.[1]);
  }
}
