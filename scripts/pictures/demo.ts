// A home with workers of a fake agent, for pictures: one works, asks, is answered, and hands its work over to another,
// which completes it. Everything that is shown was really run.
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';

const main = resolve('dist/main.js');
const agents = ['coder', 'finisher'];

export interface Demo {
  /** Runs a command line and returns what it printed. */
  agentpool: (...words: string[]) => string;
  /** A folder for what is made. */
  ground: string;
  /** Stops everything and removes the folder. */
  end: () => void;
}

/** A home in a temporary folder, with the agents `coder` and `finisher`. */
export function demoHome(): Demo {
  const ground = mkdtempSync(join(tmpdir(), 'agentpool-pictures-'));
  const [repo, home, bin] = ['shop', 'home', 'bin'].map((name) => join(ground, name)) as [
    string,
    string,
    string,
  ];
  for (const folder of [repo, home, bin]) mkdirSync(folder);
  // By their names alone: a picture shows no path of the machine that it was made on.
  for (const name of agents) symlinkSync(resolve('scripts/pictures/coder.mjs'), join(bin, name));
  const env = {
    ...process.env,
    AGENTPOOL_HOME: home,
    PATH: `${bin}:${process.env.PATH}`,
    TZ: 'UTC',
    COLORTERM: 'truecolor',
  };
  const run = (program: string, words: readonly string[]): string => {
    const { status, stdout, stderr } = spawnSync(program, words, { cwd: repo, env, encoding: 'utf8' });
    if (status !== 0) throw new Error(`${program} ${words.join(' ')}: ${stderr}${stdout}`);
    return stdout;
  };
  const agentpool = (...words: string[]): string => run(process.execPath, [main, ...words]);
  const custom_providers = agents.map((id) => ({ id, command: [id], prompt_mode: 'arg', plain_input: true }));
  writeFileSync(join(home, 'config.yaml'), JSON.stringify({ version: 1, custom_providers }));
  run('git', ['init', '-q']);
  const author = ['-c', 'user.name=demo', '-c', 'user.email=demo@example.com'];
  run('git', [...author, 'commit', '-qm', 'first', '--allow-empty']);
  const end = () => {
    const { sessions } = JSON.parse(agentpool('sessions', '--all', '--json')) as {
      sessions: { session_id: string }[];
    };
    for (const { session_id } of sessions)
      spawnSync(process.execPath, [main, 'terminate', session_id], { cwd: repo, env });
    spawnSync(process.execPath, [main, 'watcher', 'stop'], { cwd: repo, env });
    rmSync(ground, { recursive: true, force: true });
  };
  return { agentpool, ground, end };
}

/** A person takes a moment to answer. */
const pause = (seconds: number): void => {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, seconds * 1000);
};

/** The work that the pictures show. Returns the first worker. */
export function workFromStartToEnd({ agentpool }: Demo): string {
  const task = 'Limit sign-in to 5 tries a minute for each account. Tests first.';
  const asked = ['--isolation', 'worktree', '--role', 'implementer', '--task', task, '--json'];
  const { session_id: first } = JSON.parse(agentpool('spawn', '--provider', 'coder', ...asked)) as {
    session_id: string;
  };
  agentpool('observe', first, '--wait-for', 'question', '--timeout', '60');
  pause(5);
  agentpool('send', first, 'In Redis. Fall back to memory while it is down.');
  while (!agentpool('events', first, '--plain').includes('worker.limit_warned')) pause(1);
  pause(4);
  agentpool(
    'handoff',
    first,
    '--provider',
    'finisher',
    '--note',
    'The names in views/user.ts are left to escape.',
  );
  agentpool('observe', '@last', '--wait-for', 'completed', '--timeout', '60');
  agentpool('collect', '@last');
  agentpool('terminate', '@last');
  return first;
}
