import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { agentpool } from './agentpool.ts';
import { run } from './timing.ts';

/** A test agent from fixtures/agents that is to be a provider of the home, with what it is told by its environment. */
export interface Agent {
  id: string;
  program: string;
  env?: Record<string, string>;
}

/** A throw-away AGENTPOOL_HOME, and a folder to work on. */
export class BenchHome {
  readonly folder = mkdtempSync(join(tmpdir(), 'agentpool-bench-'));

  /** Runs a command of it and reads what it printed. */
  ask<Answer>(...words: string[]): Answer {
    return JSON.parse(run(agentpool(this.folder, ...words, '--json'))) as Answer;
  }

  /** Makes the test agents spawnable; replaces what was said before. */
  offer(...agents: Agent[]): void {
    const custom_providers = agents.map(({ id, program, env = {} }) => ({
      id,
      command: [process.execPath, agentFile(program)],
      prompt_mode: 'arg',
      env,
    }));
    const config = { version: 1, policy: { max_parallel_sessions: 100 }, custom_providers };
    // JSON is YAML too.
    writeFileSync(join(this.folder, 'config.yaml'), JSON.stringify(config), { mode: 0o600 });
  }

  /** Spawns a worker and gives its session's id. */
  spawn(provider: string): string {
    return this.ask<{ session_id: string }>(...this.spawnWords(provider)).session_id;
  }

  spawnWords(provider: string): string[] {
    return ['spawn', '--provider', provider, '--task', 'Say how it stands', '--repo', this.folder];
  }

  terminate(session: string): void {
    this.ask('terminate', session);
  }

  /** Ends everything that was started in it, and takes it away. */
  close(): void {
    try {
      const { sessions } = this.ask<{ sessions: { id: string; alive: boolean }[] }>(
        'sessions',
        '--all',
        '--limit',
        '1000',
      );
      for (const { id, alive } of sessions) if (alive) this.terminate(id);
      this.ask('watcher', 'stop');
    } finally {
      rmSync(this.folder, { recursive: true, force: true, maxRetries: 5 });
    }
  }
}

/** Lends a home to `work` and closes it, whatever comes of it. */
export async function inHome<T>(work: (home: BenchHome) => T | Promise<T>): Promise<T> {
  const home = new BenchHome();
  try {
    chmodSync(home.folder, 0o700);
    return await work(home);
  } finally {
    home.close();
  }
}

const agentFile = (name: string) => fileURLToPath(new URL(`../fixtures/agents/${name}.mjs`, import.meta.url));
