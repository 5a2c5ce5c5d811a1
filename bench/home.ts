import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { agentpool } from './agentpool.ts';
import { run } from './timing.ts';

/** A test agent of fixtures/agents to offer as a provider, with its environment. */
export interface Agent {
  id: string;
  program: string;
  env?: Record<string, string>;
}

/** A temporary AGENTPOOL_HOME, and a folder to work on. */
export class BenchHome {
  readonly folder = mkdtempSync(join(tmpdir(), 'agentpool-bench-'));

  /** Runs a command in this home and parses the JSON it prints. */
  ask<Answer>(...words: string[]): Answer {
    return JSON.parse(run(agentpool(this.folder, ...words, '--json'))) as Answer;
  }

  /** Makes the test agents spawnable, in place of those offered before. */
  offer(...agents: Agent[]): void {
    const commands = agents.map(({ program, ...rest }) => ({
      ...rest,
      command: [process.execPath, agentFile(program)],
    }));
    this.configure(commands);
  }

  /** Writes config.yaml: programs to offer as providers, and other settings. */
  configure(
    commands: readonly { id: string; command: string[]; env?: Record<string, string> }[],
    settings: Record<string, unknown> = {},
  ): void {
    const custom_providers = commands.map((each) => ({ prompt_mode: 'arg', env: {}, ...each }));
    const config = { version: 1, policy: { max_parallel_sessions: 100 }, ...settings, custom_providers };
    // JSON is also YAML.
    writeFileSync(join(this.folder, 'config.yaml'), JSON.stringify(config), { mode: 0o600 });
  }

  /** Spawns a worker and returns its session id. */
  spawn(provider: string): string {
    return this.ask<{ session_id: string }>(...this.spawnWords(provider)).session_id;
  }

  spawnWords(provider: string): string[] {
    return ['spawn', '--provider', provider, '--task', 'Report the folder', '--repo', this.folder];
  }

  terminate(session: string): void {
    this.ask('terminate', session);
  }

  /** Ends every worker and the watcher, then deletes the folder. */
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

/** Yields what `work` measures in a new home, and closes the home even when it fails or is interrupted. */
export async function* inHome<T>(
  work: (home: BenchHome) => AsyncIterable<T> | Iterable<T>,
): AsyncGenerator<T> {
  const home = new BenchHome();
  try {
    chmodSync(home.folder, 0o700);
    yield* work(home);
  } finally {
    home.close();
  }
}

const agentFile = (name: string) => fileURLToPath(new URL(`../fixtures/agents/${name}.mjs`, import.meta.url));
