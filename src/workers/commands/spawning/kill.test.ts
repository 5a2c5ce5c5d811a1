import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, describe, it } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { until } from '../../../lib/testing/until.ts';
import { Home, saidBy } from '../../testing/home.ts';

/** Isolation, prompt mode and the start of the clock in every combination that the cycles below give. */
const KINDS = 12;
/** Each kind is killed once in every part of a spawn, at a random moment of it. More for a trial: SPAWN_KILLS=20. */
const PARTS = Number(process.env.SPAWN_KILLS ?? 3);
/** Homes that run at the same time. */
const LANES = 3;

interface Kill {
  isolation: 'read_only' | 'worktree';
  promptMode: 'arg' | 'send_after_launch';
  /** When the clock starts: at the start, or, to hit more of the steps that leave traces, when it opens its ledger. */
  from: 'start' | 'ledger';
  /** 0 to 1: the fraction of the usual duration after which it is killed. */
  moment: number;
}

const kills: Kill[] = Array.from({ length: KINDS * PARTS }, (_, index) => ({
  isolation: index % 2 ? 'worktree' : 'read_only',
  promptMode: index % 4 < 2 ? 'arg' : 'send_after_launch',
  from: index % 3 ? 'ledger' : 'start',
  moment: (Math.floor(index / KINDS) + Math.random()) / PARTS,
}));

const words = ({ isolation, promptMode }: Kill) =>
  `spawn --provider fake-idle --task Look --isolation ${isolation} --initial-prompt-mode ${promptMode}`.split(
    ' ',
  );

/** How far a spawn got, by what it recorded and created. */
function progressOf(home: Home): string {
  const types = existsSync(home.ledgerFile) ? home.events().map(({ type }) => type) : [];
  if (types.includes('worker.started')) return 'outcome recorded';
  if (home.tmuxSessions().length > 0) return 'tmux session made';
  if (types.includes('worktree.created')) return 'worktree made';
  if (types.includes('worker.spawn_requested')) return 'intent recorded';
  return 'nothing recorded';
}

function resolutionOf(home: Home): string {
  const [session] = existsSync(home.ledgerFile) ? home.sessions() : [];
  if (!session) return 'nothing to resolve';
  if (!session.alive) return `undone (${session.state})`;
  const [started] = home.eventsOf('worker.started');
  return started?.data.adopted ? 'adopted, lives' : 'lives';
}

type Listed = { id: string; state: string; alive: boolean; reason: string | null };

/** Asserts that the ledger holds everything that exists, and nothing else. */
function assertTruth(home: Home, kill: Kill, listed: Listed[]): void {
  const rows = existsSync(home.ledgerFile) ? home.sessions() : [];
  const live = rows.filter(({ alive }) => alive);
  assert.deepEqual(
    listed.map(({ id, alive }) => [id, alive]),
    rows.map(({ id, alive }) => [id, alive === 1]),
  );
  for (const { state, reason } of listed) {
    assert.notEqual(state, 'STARTING');
    if (state === 'FAILED') assert.match(reason ?? '', /ended before it was started/);
  }
  assert.deepEqual(
    home.tmuxSessions(),
    live.map(({ tmux_session }) => tmux_session),
  );
  const trees = live.flatMap(({ worktree_path }) => worktree_path ?? []);
  assert.equal(trees.length, kill.isolation === 'worktree' ? live.length : 0);
  const folder = join(home.ground, '.agentpool-worktrees');
  assert.deepEqual(existsSync(folder) ? readdirSync(folder).map((name) => join(folder, name)) : [], trees);
  const registered = home.git('worktree', 'list', '--porcelain').match(/^worktree .*/gm) ?? [];
  assert.deepEqual(
    registered,
    [home.repo, ...trees].map((path) => `worktree ${path}`),
  );
  assert.deepEqual(
    home.git('for-each-ref', '--format=%(refname:short)', 'refs/heads/agentpool').split('\n').filter(Boolean),
    live.flatMap(({ worktree_branch }) => worktree_branch ?? []),
  );
}

describe('a spawn that is killed at any moment', () => {
  const table = new Map<string, number>();
  /** The usual duration of a spawn, in milliseconds. */
  const usual = { start: 600, ledger: 300 };

  it(`is resolved by the next command, ${kills.length} times`, async () => {
    // The parts alternate, because how long a spawn takes is learnt on the way.
    const inPart = ({ moment }: Kill) => moment % (1 / PARTS);
    const waiting = kills.toSorted((one, other) => inPart(one) - inPart(other));
    const lane = async () => {
      for (let kill = waiting.pop(); kill; kill = waiting.pop()) await killOne(kill);
    };
    await Promise.all(Array.from({ length: LANES }, lane));
  });

  async function killOne(kill: Kill): Promise<void> {
    const home = new Home();
    const spawning = home.start(words(kill));
    const over = saidBy(spawning);
    if (kill.from === 'ledger') await until('the ledger', () => existsSync(home.ledgerFile));
    await sleep(kill.moment * usual[kill.from]);
    spawning.kill('SIGKILL');
    const { signal } = await over;
    // The machine is faster or slower from one moment to the next.
    usual[kill.from] *= signal ? 1.05 : 0.8;
    const progress = signal ? progressOf(home) : 'it had ended';
    const { sessions } = await home.json(['sessions']);
    const resolution = resolutionOf(home);
    const line = `${kill.isolation.padEnd(9)}  ${progress.padEnd(17)}  ${resolution}`;
    try {
      assertTruth(home, kill, sessions);
    } catch (error) {
      throw new Error(`${line}: ${failureReport(home)}`, { cause: error });
    }
    const [live] = sessions;
    if (live?.alive)
      await until('its task to be delivered', () => home.eventsOf('worker.prompt_delivered')[0]);
    table.set(line, (table.get(line) ?? 0) + 1);
    await home.end();
  }

  after(() => {
    const lines = [...table].sort().map(([line, count]) => `${String(count).padStart(4)}  ${line}`);
    console.log(['killed', ...lines].join('\n'));
  });
});

/** For the message of a failing test. */
function failureReport(home: Home): string {
  const events = existsSync(home.ledgerFile) ? home.events().map(({ type, data }) => [type, data]) : [];
  const log = join(home.folder, 'run', 'watcher.log');
  return `${JSON.stringify(events, null, 1)}\n${existsSync(log) ? readFileSync(log, 'utf8') : 'no watcher'}`;
}
