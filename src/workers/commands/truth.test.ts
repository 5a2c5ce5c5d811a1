import assert from 'node:assert/strict';
import { readFileSync, rmSync } from 'node:fs';
import { describe, it } from 'node:test';
import { identity, isAlive } from '../../lib/process/processes.ts';
import { until } from '../../lib/testing/until.ts';
import { Home, killed } from '../testing/home.ts';

const noMoreThan = (home: Home, before: number) =>
  home.events().filter(({ position, type }) => position > before && !type.startsWith('watcher.'));
const last = (home: Home) => home.events().at(-1)?.position ?? 0;
const serverPids = (home: Home) => home.sessions().map(({ server_pid }) => server_pid ?? 0);
const listed = async (home: Home) =>
  (await home.json(['sessions'])).sessions.map(
    ({ state, alive, reason }: { state: string; alive: boolean; reason: string | null }) => ({
      state,
      alive,
      reason,
    }),
  );

describe('the watcher of an AGENTPOOL_HOME', () => {
  const home = new Home({
    agents: [{ id: 'slow', program: 'fake-slow-question', env: { FAKE_DELAY_MS: '3000' } }],
  });

  it('is started by a spawn, reports itself, and is the only one', async () => {
    await home.spawn('fake-question');
    await until('the watcher', () => home.watcherPid());
    const status = await home.json(['watcher', 'status']);
    assert.equal(status.running, true);
    assert.equal(status.pid, home.watcherPid());
    assert.equal(status.live_workers, 1);
    const second = await home.run(['watcher', 'run']);
    assert.match(second.stdout, /another watcher runs/);
    assert.equal(home.eventsOf('watcher.started').length, 1);
    assert.match((await home.run(['watcher', 'log'])).stdout, /watching as process \d+/);
  });

  it('is replaced when it was killed, and the next one reports nothing twice', async () => {
    const [question] = home.sessions();
    assert.ok(question);
    await home.reaches(question.id, 'AWAITING_USER_INPUT');
    const slow = await home.spawn('slow');
    const before = home.events(question.id).length;
    const first = home.watcherPid();
    assert.ok(first);
    await killed(first);
    const states = (await listed(home)).map(({ state }: { state: string }) => state);
    assert.ok(states.includes('AWAITING_USER_INPUT'), states.join());
    // It observes what happens from now on, and does not report what was shown before.
    await home.reaches(slow, 'AWAITING_USER_INPUT');
    assert.equal(home.eventsOf('watcher.started').length, 2);
    assert.notEqual(home.watcherPid(), first);
    assert.equal(home.events(question.id).length, before);
    await home.run(['send', question.id, 'the migrations first']);
    await home.reaches(question.id, 'COMPLETED');
    assert.equal((await home.json(['collect', question.id])).result, 'present');
  });

  it('that is killed while no command runs is replaced by a waiting observe', async () => {
    const slow = await home.spawn('slow');
    const waiting = home.json(['observe', slow, '--wait-for', 'question', '--timeout', '60']);
    const first = await until('the watcher', () => home.watcherPid());
    await killed(first);
    assert.equal((await waiting).event, 'question');
  });

  it('that is killed while it types a task leaves that to the next one, and the task is not typed twice', async () => {
    const id = await home.spawn('fake-idle', '--initial-prompt-mode', 'send_after_launch');
    await home.reaches(id, 'IDLE', 'RUNNING');
    await killed((await until('the watcher', () => home.watcherPid())) ?? 0);
    await listed(home);
    await until('its task', () => home.eventsOf('worker.prompt_delivered', id)[0]);
    await home.reaches(id, 'IDLE');
    const printed = readFileSync(home.session(id).transcript_path, 'utf8');
    assert.match(printed, /Message 1 noted/);
    assert.doesNotMatch(printed, /Message 2/);
  });

  it('is stopped on demand, leaves the workers alone, and is started by the next command', async () => {
    const { stopped, pid } = await home.json(['watcher', 'stop']);
    assert.deepEqual([stopped, identity(pid)], [true, null]);
    const live = home.sessions().filter(({ alive }) => alive);
    assert.equal(home.tmuxSessions().length, live.length);
    assert.ok(live.length > 0);
    await listed(home);
    await until('the next watcher', () => home.watcherPid());
  });

  it('exits when no worker is alive', async () => {
    for (const { id } of home.sessions()) await home.run(['terminate', id]);
    await until('its end', () => home.watcherPid() === null);
    assert.equal(home.eventsOf('watcher.stopped').at(-1)?.data.reason, 'no worker is alive');
    const { running, reason } = await home.json(['watcher', 'status']);
    assert.deepEqual([running, reason], [false, 'no worker is alive']);
    assert.deepEqual(await home.json(['watcher', 'stop']), { ok: true, stopped: false, pid: null });
  });
});

describe('the first query after', () => {
  const serverGone = /its tmux server is gone/;
  const liveWorkers = async (home: Home) => {
    const ids = [await home.spawn('fake-question'), await home.spawn('fake-idle', '--isolation', 'worktree')];
    await home.reaches(ids[0] ?? '', 'AWAITING_USER_INPUT');
    await home.reaches(ids[1] ?? '', 'IDLE');
    return ids;
  };
  const assertLost = async (home: Home, count: number) => {
    const lost = await listed(home);
    assert.equal(lost.length, count);
    for (const { state, alive, reason } of lost) {
      assert.deepEqual([state, alive], ['LOST', false]);
      assert.match(reason ?? '', serverGone);
    }
    assert.equal(home.eventsOf('worker.lost').length, count);
    const position = last(home);
    await listed(home);
    await listed(home);
    assert.equal(last(home), position);
  };

  it('the death of the tmux servers reports their workers as lost', async () => {
    const home = new Home();
    await liveWorkers(home);
    // Only the query is to find out.
    const watcher = await until('the watcher', () => home.watcherPid());
    process.kill(watcher, 'SIGSTOP');
    for (const pid of serverPids(home)) await killed(pid);
    await assertLost(home, 2);
    process.kill(watcher, 'SIGCONT');
    await until('the end of the watcher', () => home.watcherPid() === null);
    assert.equal(home.eventsOf('worker.lost').length, 2);
  });

  it('a restart of the machine reports them too', async () => {
    const home = new Home();
    const ids = await liveWorkers(home);
    await home.endCommands();
    for (const pid of serverPids(home)) await killed(pid);
    for (const id of ids) for (const pid of home.processesOf(id)) await killed(pid);
    await assertLost(home, 2);
  });

  it('another process ended a tmux session reports that worker as lost', async () => {
    const home = new Home();
    const [first = '', second = ''] = await liveWorkers(home);
    home.tmux(first, 'kill-session', '-t', `=agentpool-${first}`);
    const { state, reason } = await home.ends(first);
    assert.equal(state, 'LOST');
    // Its server ends with its last session: whether it was there to look at is a matter of moments.
    assert.match(reason ?? '', /its tmux (?:server is gone|session was ended by another process)/);
    assert.equal(home.session(second).alive, 1);
  });

  it('no change appends nothing', async () => {
    const home = new Home();
    await liveWorkers(home);
    await until('the watcher', () => home.watcherPid());
    const position = last(home);
    for (let count = 0; count < 5; count++) await listed(home);
    await home.json(['session', 'show', '@last']);
    assert.deepEqual(noMoreThan(home, position), []);
  });

  it('a repository disappeared in the middle of a spawn still answers', async () => {
    const home = new Home();
    const spawning = home.start([
      'spawn',
      '--provider',
      'fake-idle',
      '--task',
      'Look',
      '--isolation',
      'worktree',
    ]);
    const requested = await until('the intent', () => {
      try {
        return home.eventsOf('worker.spawn_requested')[0];
      } catch {
        return null;
      }
    });
    spawning.kill('SIGKILL');
    await until('its end', () => !isAlive(requested.data.spawner));
    await home.endCommands();
    home.killServers();
    // A git that the spawn had started may still be writing, and node:fs gives up after its retries.
    await until('the end of the repository', () => {
      try {
        rmSync(home.repo, { recursive: true, force: true });
        return true;
      } catch {
        return false;
      }
    });
    const [only] = (await home.json(['sessions'], { cwd: home.ground })).sessions;
    assert.equal(only.alive, false);
    assert.equal(only.state, 'FAILED');
  });
});
