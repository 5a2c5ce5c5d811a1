import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { describe, it } from 'node:test';
import { identity } from '../../../lib/process/processes.ts';
import { until } from '../../../lib/testing/until.ts';
import { Home, killed } from '../../testing/home.ts';

interface Ended {
  pid: number;
  command: string;
  signal: string;
}

describe('terminating a worker', () => {
  const home = new Home({
    agents: [
      { id: 'children', program: 'fake-children' },
      { id: 'stubborn', program: 'fake-stubborn' },
    ],
    config: { policy: { max_parallel_sessions: 50 } },
  });
  const pidsOf = (ended: Ended[]) => ended.map(({ pid }) => pid);
  const printed = (id: string): string => {
    const { transcript_path } = home.session(id);
    return existsSync(transcript_path) ? readFileSync(transcript_path, 'utf8') : '';
  };
  /** The pids that fake-children prints: its children and itself. */
  const familyOf = async (id: string): Promise<number[]> => {
    await until('its children', () => printed(id).includes('All started.'));
    const pids = [...printed(id).matchAll(/^(?:child|grandchild|daemon) (\d+)$/gm)].map(([, pid]) =>
      Number(pid),
    );
    assert.equal(pids.length, 3);
    return [home.session(id).pane_pid ?? 0, ...pids];
  };
  const stubborn = async (): Promise<string> => {
    const id = await home.spawn('stubborn');
    await until('its handlers', () => printed(id).includes('ready'));
    return id;
  };

  it('ends processes that left its session or ignore HUP and TERM, and reports them', async () => {
    const id = await home.spawn('children');
    const before = await familyOf(id);
    const plan = await home.json(['terminate', id, '--dry-run']);
    for (const pid of before) assert.ok(pidsOf(plan.ended).includes(pid), String(pid));
    assert.deepEqual([plan.dry_run, plan.already_terminated, plan.would_terminate_tmux], [true, false, true]);
    for (const pid of before) assert.ok(identity(pid), String(pid));

    const done = await home.json(['terminate', id]);
    assert.equal(done.state, 'CANCELLED');
    for (const pid of before) assert.equal(identity(pid), null, String(pid));
    for (const pid of before) assert.ok(pidsOf(done.ended).includes(pid), String(pid));
    assert.ok(done.ended.some(({ signal }: Ended) => signal === 'SIGKILL'));
    for (const { command } of done.ended) assert.doesNotMatch(command, /\n|trap : INT/);
    assert.deepEqual(home.processesOf(id), []);
    assert.ok(!home.tmuxSessions().includes(`agentpool-${id}`));
    assert.equal(home.session(id).alive, 0);
    // The watcher must not have recorded the end as an exit or a loss.
    const types = home.events(id).map(({ type }) => type);
    assert.deepEqual(types.slice(-2), ['worker.termination_requested', 'worker.terminated']);
  });

  it('succeeds a second time, and records nothing', async () => {
    const [{ id = '' } = {}] = home.sessions();
    const before = home.events(id).length;
    const again = await home.json(['terminate', id]);
    assert.deepEqual(
      [again.ok, again.state, again.already_terminated, again.ended],
      [true, 'CANCELLED', true, []],
    );
    assert.equal((await home.json(['terminate', id, '--dry-run'])).already_terminated, true);
    assert.equal(home.events(id).length, before);
    assert.equal((await home.run(['terminate', id])).code, 0);
  });

  it('ends one that ignores all signals, when called twice at once, and leaves the others alone', async () => {
    const other = await home.spawn('fake-idle');
    await home.reaches(other, 'IDLE');
    const others = home.processesOf(other);
    const id = await stubborn();
    const terminate = () => home.json(['terminate', id], { wholeProcess: true });
    const terminations = await Promise.all([terminate(), terminate()]);
    for (const { ok, state } of terminations) assert.deepEqual([ok, state], [true, 'CANCELLED']);
    assert.equal(home.eventsOf('worker.terminated', id).length, 1);
    assert.deepEqual(home.processesOf(id), []);
    assert.equal(home.session(other).alive, 1);
    assert.deepEqual(home.processesOf(other), others);
    const { event } = await home.json(['observe', id, '--wait-for', 'completed', '--timeout', '60']);
    assert.equal(event, 'none');
  });

  it('ends what an exited worker left behind', async () => {
    const id = await home.spawn('children');
    await familyOf(id);
    const { pane_pid } = home.session(id);
    await killed(pane_pid ?? 0);
    const { exit_signal } = await home.ends(id);
    assert.equal(exit_signal, 'SIGKILL');
    const remaining = home.processesOf(id);
    assert.ok(remaining.length > 0);
    const { ended, state } = await home.json(['terminate', id]);
    assert.deepEqual(pidsOf(ended).sort(), remaining.sort());
    // It was lost, and is not to come back.
    assert.equal(state, 'CANCELLED');
    assert.deepEqual(home.processesOf(id), []);
  });

  it('releases its leases', async () => {
    const id = await home.spawn('fake-idle');
    await home.reaches(id, 'IDLE');
    const acquire = ['leases', 'acquire', '--file', 'a.txt', '--mode', 'write'];
    const mine = await home.json([...acquire, '--session-id', id]);
    assert.equal(mine.error, undefined, JSON.stringify(mine));
    const other = await home.spawn('fake-idle');
    assert.equal((await home.json([...acquire, '--session-id', other])).error?.code, 'LEASE_CONFLICT');
    await home.run(['terminate', id]);
    assert.equal((await home.json([...acquire, '--session-id', other])).error, undefined);
  });

  it('is finished by the next command if its process was killed in between', async () => {
    const id = await stubborn();
    const ending = home.start(['terminate', id]);
    await until('the intent', () => home.eventsOf('worker.termination_requested', id)[0]);
    ending.kill('SIGKILL');
    await until('its end', () => ending.signalCode);
    await home.json(['sessions']);
    const { state } = await home.ends(id);
    assert.equal(state, 'CANCELLED');
    assert.deepEqual(home.processesOf(id), []);
  });

  it('names an unknown session', async () => {
    assert.equal(await home.refused(['terminate', 'ap_nobody']), 'TMUX_SESSION_NOT_FOUND');
  });
});

describe('a worker that reaches its deadline', () => {
  const home = new Home({
    agents: [
      { id: 'children', program: 'fake-children' },
      { id: 'stubborn', program: 'fake-stubborn' },
    ],
  });

  it('is failed, with everything it started, even if no command runs', async () => {
    const id = await home.spawn('children', '--max-runtime-seconds', '3');
    const stubborn = await home.spawn('stubborn', '--max-runtime-seconds', '3');
    for (const worker of [id, stubborn]) {
      const { state, reason, deadline_at } = await home.ends(worker);
      assert.equal(state, 'FAILED');
      assert.equal(reason, 'ran longer than 3 s');
      const [exceeded, ...more] = home.eventsOf('worker.deadline_exceeded', worker);
      assert.deepEqual(more, []);
      assert.equal(exceeded?.data.deadline_at, deadline_at ?? exceeded?.data.deadline_at);
      assert.ok((exceeded?.occurred_at ?? '') >= (exceeded?.data.deadline_at ?? ''));
      assert.equal(exceeded?.actor, 'watcher');
      assert.deepEqual(home.processesOf(worker), []);
      assert.equal(home.eventsOf('worker.terminated', worker).length, 1);
    }
    // The second one did not wait for the end of the first.
    const [first, second] = [id, stubborn].map(
      (worker) => home.eventsOf('worker.deadline_exceeded', worker)[0],
    );
    assert.ok((second?.position ?? 0) > (first?.position ?? 0));
    const observed = await home.json(['observe', id, '--wait-for', 'completed', '--timeout', '60']);
    assert.equal(observed.state, 'FAILED');
  });
});
