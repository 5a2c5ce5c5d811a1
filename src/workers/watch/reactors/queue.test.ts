import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { until } from '../../../lib/testing/until.ts';
import { Home, killed } from '../../testing/home.ts';
import { QueuedKills } from '../../testing/queued-kills.ts';
import { inSeconds, sampled } from '../../testing/sampled.ts';
import { Witness, witnessAgent } from '../../testing/witness.ts';

const TASK = ['--task', 'Look for the parser'];
const agents = [{ id: 'hang', program: 'fake-hang' }, { id: 'limited', program: 'fake-idle' }, witnessAgent];

describe('a queued worker', () => {
  const home = new Home({ agents, config: { policy: { max_parallel_sessions: 1 } } });
  const queue = (...words: string[]) => home.json(['spawn', '--queue', ...TASK, ...words]);
  const files = () => (existsSync(join(home.folder, 'queue')) ? readdirSync(join(home.folder, 'queue')) : []);

  it('waits for a place in its order, and starts when it is free', async () => {
    const running = await home.spawn('hang');
    const first = await queue(
      '--provider',
      'fake-completed',
      '--task',
      'Say token sk-ant-api03-abcdefghijklmnopqrstuvwxyz0123456789',
    );
    const second = await queue('--provider', 'fake-completed');
    assert.deepEqual(
      [first.session.state, first.session.alive, first.session.queued.why],
      ['QUEUED', false, 'parallel'],
    );
    const file = join(home.folder, 'queue', `${first.session_id}.json`);
    assert.equal(statSync(file).mode & 0o777, 0o600);
    assert.match(readFileSync(file, 'utf8'), /sk-ant-api03/);
    assert.doesNotMatch(home.session(first.session_id).task, /sk-ant-api03/);
    const listed = await home.json(['queue']);
    assert.deepEqual(
      listed.queue.map(({ session_id, place, why }: Record<string, unknown>) => [session_id, place, why]),
      [
        [first.session_id, 1, 'parallel'],
        [second.session_id, 2, 'parallel'],
      ],
    );
    await home.json(['queue', 'move', second.session_id, '--before', first.session_id]);
    await home.run(['terminate', running]);
    const seen = await home.json(['observe', first.session_id, '--wait-for', 'completed', '--timeout', '60']);
    assert.equal(seen.event, 'completed');
    const started = home.eventsOf('worker.spawn_requested').map(({ stream_id }) => stream_id.slice(7));
    assert.deepEqual(started, [running, second.session_id, first.session_id]);
    assert.ok(home.eventsOf('worker.spawn_requested', first.session_id)[0]?.data.capacity);
    await until('the files to be gone', () => files().length === 0);
    for (const { session_id } of [first, second]) await home.run(['terminate', session_id]);
  });

  it('starts at once when nothing is in its way', async () => {
    const { session } = await queue('--provider', 'fake-idle');
    assert.notEqual(session.state, 'QUEUED');
    await home.run(['terminate', session.id]);
  });

  it('waits for its time, is dropped at its deadline, and is removed by terminate', async () => {
    const { session_id } = await queue('--provider', 'fake-idle', '--not-before', '+2s');
    const late = await queue('--provider', 'fake-idle', '--not-before', '+1h', '--deadline', '+3601s');
    const removed = await queue('--provider', 'fake-idle', '--not-before', '+1h');
    assert.equal((await home.json(['terminate', removed.session_id])).state, 'CANCELLED');
    assert.equal((await home.json(['queue', 'remove', late.session_id])).ok, true);
    assert.deepEqual((await home.json(['collect', late.session_id])).git.changed_files, []);
    assert.equal(await home.refused(['queue', 'remove', late.session_id]), 'SESSION_NOT_QUEUED');
    const running = await home.reaches(session_id, 'READY', 'RUNNING', 'IDLE');
    const [queued] = home.eventsOf('worker.queued', session_id);
    assert.ok(running.created_at >= (queued?.data.not_before ?? ''));
    const expires = await queue('--provider', 'fake-idle', '--deadline', '+1s');
    const dropped = await home.reaches(expires.session_id, 'CANCELLED');
    assert.match(dropped.reason ?? '', /deadline has passed/);
    await home.run(['terminate', session_id]);
  });

  it('refuses commands that need a process, and says why', async () => {
    const { session_id } = await queue('--provider', 'fake-idle', '--not-before', '+1h');
    for (const words of [
      ['send', session_id, 'go on'],
      ['collect', session_id],
      ['interrupt', session_id],
      ['answer', session_id, '--choice', '1'],
      ['leases', 'acquire', '--session-id', session_id, '--file', 'a.txt'],
    ])
      assert.equal(await home.refused(words), 'SESSION_QUEUED', words.join(' '));
    await home.run(['terminate', session_id]);
  });

  it('is refused at once for what no waiting ends', async () => {
    const before = home.sessions().length;
    const refused = (...words: string[]) => home.refused(['spawn', '--queue', ...TASK, ...words]);
    assert.equal(await refused('--provider', 'auto'), 'POLICY_BLOCKED');
    assert.equal(await refused('--provider', 'fake-idle', '--repo', '/nowhere'), 'INVALID_REQUEST');
    assert.equal(await refused('--provider', 'fake-idle', '--deadline', '2020-01-01'), 'INVALID_REQUEST');
    assert.equal(await refused('--provider', 'fake-idle', '--not-before', 'soon'), 'INVALID_REQUEST');
    assert.equal(
      await home.refused(['spawn', ...TASK, '--provider', 'fake-idle', '--deadline', '+1h']),
      'INVALID_REQUEST',
    );
    assert.equal(home.sessions().length, before);
  });

  it('is dropped with the reason when its folder, its request or its provider is gone', async () => {
    const running = await home.spawn('hang');
    const folder = join(home.ground, 'gone');
    home.git('worktree', 'add', '--quiet', folder);
    const [lost, damaged] = [
      await queue('--provider', 'fake-idle', '--repo', folder),
      await queue('--provider', 'fake-idle'),
    ];
    rmSync(folder, { recursive: true });
    rmSync(join(home.folder, 'queue', `${damaged.session_id}.json`));
    await home.run(['terminate', running]);
    const reason = async (id: string) => (await home.reaches(id, 'CANCELLED')).reason ?? '';
    assert.match(await reason(lost.session_id), /There is no folder .*gone/);
    assert.match(await reason(damaged.session_id), /request is missing/);
  });

  it('outlives the watcher, which any command starts again', async () => {
    const witness = new Witness(home);
    const words = ['spawn', '--queue', '--provider', 'witness', ...TASK, '--not-before', '+1s', '--json'];
    const { stdout } = await home.run(words, { env: witness.env });
    const { session_id } = JSON.parse(stdout);
    await killed(await until('the watcher', () => home.watcherPid()));
    await home.run(['sessions'], { env: witness.env });
    await witness.seen();
    assert.equal(home.eventsOf('worker.spawn_requested', session_id).length, 1);
    await home.run(['terminate', session_id]);
  });
});

describe('a worker that is queued at a limit', () => {
  const home = new Home({ agents });

  it('starts after the reset, once the limits were asked for again', async () => {
    await home.run(['sessions']);
    const later = inSeconds(3600);
    sampled(home, 'limited', 100, later);
    assert.equal(await home.refused(['spawn', '--provider', 'limited', ...TASK]), 'POLICY_BLOCKED');
    const { session_id, session } = await home.json(['spawn', '--queue', '--provider', 'limited', ...TASK]);
    assert.deepEqual([session.state, session.queued.why], ['QUEUED', 'limit']);
    const other = await home.json(['spawn', '--queue', '--provider', 'fake-idle', ...TASK]);
    assert.notEqual(other.session.state, 'QUEUED');
    const [request] = (await home.json(['queue'])).queue;
    assert.deepEqual([request.why, request.may_start_at], ['limit', later]);
    const reset = inSeconds(2);
    sampled(home, 'limited', 100, reset);
    const { created_at } = await home.reaches(session_id, 'READY', 'RUNNING', 'IDLE');
    assert.ok(created_at >= reset, `${created_at} is before ${reset}`);
  });

  it('starts before the reset if its provider says that there is headroom again', async () => {
    sampled(home, 'limited', 100, inSeconds(3600));
    const { session_id } = await home.json(['spawn', '--queue', '--provider', 'limited', ...TASK]);
    await until('the watcher', () => home.watcherPid());
    sampled(home, 'limited', 10, inSeconds(7200));
    await home.reaches(session_id, 'READY', 'RUNNING', 'IDLE');
  });
});

describe('a worker that is queued at a lease', () => {
  const home = new Home({ agents, config: { policy: { allow_shared_repo_edits: true } } });

  it('starts when the lease ends', async () => {
    const holder = await home.spawn('hang');
    await home.json(['leases', 'acquire', '--session-id', holder, '--file', 'a.txt']);
    const words = ['spawn', '--queue', '--provider', 'fake-idle', '--isolation', 'worktree', ...TASK];
    const reads = await home.json([
      'spawn',
      '--queue',
      '--provider',
      'fake-idle',
      '--allowed-file',
      'a.txt',
      ...TASK,
    ]);
    assert.notEqual(reads.session.state, 'QUEUED');
    const { session_id, session } = await home.json([...words, '--allowed-file', 'a.txt']);
    assert.deepEqual([session.state, session.queued.why], ['QUEUED', 'lease']);
    assert.match(session.queued.reason, new RegExp(`a.txt is leased by ${holder}`));
    await home.json(['leases', 'release', '--session-id', holder]);
    await home.reaches(session_id, 'READY', 'RUNNING', 'IDLE');
  });
});

describe('a watcher that is killed while it starts a queued worker', () => {
  const home = new Home({ agents, config: { policy: { max_parallel_sessions: 20 } } });

  it('leaves it to the next one, which starts it once', async () => {
    const kills = new QueuedKills(home);
    for (const moment of [0.3, 0.8]) await kills.round(moment);
  });
});
