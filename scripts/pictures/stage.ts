// A home with workers and limits for the pictures: real workers in real terminals, whose programs draw invented screens,
// with a ledger whose events are as old as the pictures need them.
import { execFileSync } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { aSample, aWindow } from '../../fixtures/usage/samples.ts';
import type { UsageSample } from '../../src/agents/contract/limits/sample.ts';
import { until } from '../../src/lib/testing/until.ts';
import { openLedger } from '../../src/projections/projector/ledger.ts';
import type { SessionRow } from '../../src/projections/sessions/queries.ts';

const main = resolve('dist/main.js');
const MINUTE = 60_000;

interface Staged {
  provider: string;
  account?: string;
  model?: string;
  task: string;
  /** The state that it reaches, and how many minutes ago it did. */
  state: string;
  minutes: number;
  options?: readonly string[];
}

const WORKERS: readonly Staged[] = [
  { provider: 'codex', task: 'Upgrade the CI image', state: 'FAILED', minutes: 181 },
  { provider: 'claude', task: 'Find the memory leak in the session cache', state: 'COMPLETED', minutes: 118 },
  {
    provider: 'claude',
    account: 'work',
    task: 'Review the auth change before the release',
    state: 'RUNNING',
    minutes: 26,
  },
  { provider: 'codex', task: 'Speed up the search index', state: 'RUNNING', minutes: 21 },
  { provider: 'codex', task: 'Make the date parser stricter', state: 'RUNNING', minutes: 6 },
  {
    provider: 'claude',
    account: 'work',
    task: 'Port the importer to streams',
    state: 'PARKED',
    minutes: 14,
    options: ['--on-limit', 'wait'],
  },
  { provider: 'codex', task: 'Add pagination to the orders API', state: 'AWAITING_USER_INPUT', minutes: 2 },
  {
    provider: 'claude',
    model: 'opus',
    task: 'Move the invoices to the new schema',
    state: 'AWAITING_APPROVAL',
    minutes: 4,
  },
];

/** The stage; `end` removes it with its workers. */
export interface Stage {
  env: Record<string, string>;
  repo: string;
  end(): void;
}

export async function makeStage(): Promise<Stage> {
  const ground = mkdtempSync(join(tmpdir(), 'ap-pictures-'));
  const [user, bin, repo, home] = ['user', 'bin', 'shop', 'home'].map((name) => join(ground, name)) as [
    string,
    string,
    string,
    string,
  ];
  for (const folder of [user, bin, repo]) mkdirSync(folder);
  mkdirSync(home, { mode: 0o700 });
  const resets = new Date(Date.now() + 28 * MINUTE);
  const env = {
    PATH: `${bin}:${process.env.PATH ?? ''}`,
    HOME: user,
    AGENTPOOL_HOME: home,
    LANG: 'C.UTF-8',
    GIT_CONFIG_NOSYSTEM: '1',
    PICTURE_RESET: `${resets.getHours()}:${String(resets.getMinutes()).padStart(2, '0')}`,
  };
  for (const name of ['claude', 'codex']) program(bin, name, resolve('scripts/pictures/agent.mjs'));
  const config = {
    version: 1,
    policy: { max_parallel_sessions: 30, min_remaining_percent: 3, usage_stale_after_seconds: 86_400 },
    providers: { 'claude-code': { accounts: [{ name: 'work', folder: join(user, 'work') }] } },
  };
  mkdirSync(join(user, 'work'));
  writeFileSync(join(home, 'config.yaml'), JSON.stringify(config));
  repository(repo, env);
  const ids: string[] = [];
  const end = () => {
    quietly(['terminate', '--all', '--yes'], env, repo);
    quietly(['watcher', 'stop'], env, repo);
    rmSync(ground, { recursive: true, force: true, maxRetries: 5 });
  };
  try {
    for (const worker of WORKERS) ids.push(spawned(worker, env, repo));
    const file = join(home, 'ledger.sqlite');
    await statesOf(file, ids);
    quietly(['watcher', 'stop'], env, repo);
    age(file, ids);
    sample(file);
    const queued = ['spawn', '--provider', 'codex', '--task', 'Translate the help texts', '--queue'];
    quietly([...queued, '--not-before', '+2h'], env, repo);
    quietly(['sessions'], env, repo);
    return { env, repo, end };
  } catch (error) {
    end();
    throw error;
  }
}

function program(bin: string, name: string, file: string): void {
  const path = join(bin, name);
  writeFileSync(path, `#!/bin/sh\nexec ${process.execPath} ${file} ${name} "$@"\n`);
  chmodSync(path, 0o755);
}

function repository(repo: string, env: Record<string, string>): void {
  writeFileSync(join(repo, 'billing.ts'), 'export const table = "bills";\n');
  const git = (...words: string[]) => execFileSync('git', words, { cwd: repo, env, stdio: 'ignore' });
  git('init', '-q');
  git('add', '.');
  git('-c', 'user.name=shop', '-c', 'user.email=shop@example.com', 'commit', '-qm', 'first');
}

const agentpool = (words: readonly string[], env: Record<string, string>, cwd: string): string =>
  execFileSync(process.execPath, [main, ...words], { env, cwd, encoding: 'utf8' });

function quietly(words: readonly string[], env: Record<string, string>, cwd: string): void {
  try {
    execFileSync(process.execPath, [main, ...words], { env, cwd, stdio: 'ignore' });
  } catch {
    // Refused: there is nothing to end, or it has ended.
  }
}

function spawned(
  { provider, account, model, task, options = [] }: Staged,
  env: Record<string, string>,
  cwd: string,
): string {
  const words = ['spawn', '--provider', provider, '--task', task, '--isolation', 'worktree', '--json'];
  const more = [...(account ? ['--account', account] : []), ...(model ? ['--model', model] : []), ...options];
  return JSON.parse(agentpool([...words, '--initial-prompt-mode', 'arg', ...more], env, cwd)).session_id;
}

async function statesOf(file: string, ids: readonly string[]): Promise<void> {
  const ledger = openLedger(file);
  const rows = () =>
    ids.map((id) => ledger.get<SessionRow>('SELECT * FROM sessions WHERE id = ?', id)?.state);
  try {
    await until(
      'the states of the workers',
      () => rows().every((state, index) => state === WORKERS[index]?.state),
      () => rows().join(' '),
    );
  } finally {
    ledger.close();
  }
}

/** Writes the ledger again with the events of each worker as long ago as the picture needs them. */
function age(file: string, ids: readonly string[]): void {
  const old = openLedger(file);
  const events = [...old.store.read({})];
  old.close();
  for (const suffix of ['', '-wal', '-shm']) rmSync(`${file}.new${suffix}`, { force: true });
  const aged = openLedger(`${file}.new`);
  for (const { stream_id, type, payload, metadata, occurred_at, schema_version: _, actor } of events) {
    const index = ids.findIndex((id) => stream_id === `worker/${id}`);
    const earlier = (WORKERS[index]?.minutes ?? 200) * MINUTE;
    const at = new Date(Date.parse(occurred_at) - earlier).toISOString();
    const event = { type, data: JSON.parse(payload), occurred_at: at, metadata: JSON.parse(metadata) };
    aged.store.append(stream_id, [event], { actor });
  }
  aged.close();
  for (const suffix of ['-wal', '-shm']) rmSync(`${file}${suffix}`, { force: true });
  renameSync(`${file}.new`, file);
}

/** What the providers say of their limits. */
function sample(file: string): void {
  const now = Date.now();
  const at = new Date(now).toISOString();
  const inHours = (hours: number) => new Date(now + hours * 60 * MINUTE).toISOString();
  const of = (id: string, facts: Partial<UsageSample>): UsageSample =>
    aSample(id, { observed_at: at, checked_at: at, ...facts });
  const samples = [
    of('codex-cli', {
      plan: 'Plus',
      windows: [aWindow('5h', 41, inHours(2.6)), aWindow('weekly', 96, inHours(43))],
    }),
    of('claude-code', {
      plan: 'Max 5x',
      windows: [
        aWindow('5h', 62, inHours(1.1)),
        aWindow('weekly', 37, inHours(67)),
        aWindow('weekly', 84, inHours(67), 'Opus'),
      ],
    }),
    of('claude-code@work', {
      plan: 'Team',
      status: 'limit_reached',
      windows: [aWindow('5h', 100, inHours(28 / 60)), aWindow('weekly', 58, inHours(90))],
    }),
    of('copilot-cli', { plan: 'Pro+', windows: [aWindow('monthly', 31, inHours(66))] }),
    of('gemini-cli', { status: 'unauthenticated', windows: [] }),
  ];
  const ledger = openLedger(file);
  for (const data of samples)
    ledger.store.append(`usage/${data.provider_id}`, [{ type: 'usage.sampled', data }], { actor: 'picture' });
  ledger.close();
}
