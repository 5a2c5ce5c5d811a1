import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { until } from '../../../lib/testing/until.ts';
import { Home } from '../../testing/home.ts';
import { killWhileParked } from '../../testing/park-kills.ts';

const home = new Home({
  config: { policy: { max_parallel_sessions: 20 }, workers: { max_continuations: 2 } },
});

/** Its watcher is killed again and again. */
const other = new Home({ config: { policy: { max_parallel_sessions: 20 } } });

interface Message {
  kind: 'task' | 'early' | 'continued' | 'itself' | 'lost';
  text: string;
}

let files = 0;

/** Starts a worker that hits a limit, and returns what its agent gets. */
async function start(task: string, ...options: string[]) {
  const file = join(home.ground, `messages-${files++}`);
  const words = ['spawn', '--provider', 'fake-limit-wait'];
  const printed = await home.json([...words, '--task', `Edit it; ${task}`, ...options], {
    env: { FAKE_MESSAGES: file },
  });
  const id: string = printed.session_id;
  assert.ok(id, JSON.stringify(printed));
  const messages = (): Message[] =>
    existsSync(file)
      ? readFileSync(file, 'utf8')
          .split('\n')
          .flatMap((line) => (line === '' ? [] : JSON.parse(line)))
      : [];
  return {
    id,
    kinds: () => messages().map(({ kind }) => kind),
    texts: () => messages().map(({ text }) => text),
    parks: () => home.eventsOf('worker.parked', id).map(({ data }) => data),
    continuations: () =>
      home.eventsOf('worker.message_sent', id).filter(({ data }) => data.continuation).length,
    type: (...keys: string[]) => home.tmux(id, 'send-keys', '-t', home.session(id).tmux_pane, ...keys),
  };
}

const WAIT = ['--on-limit', 'wait'];

describe('a worker at a limit', { concurrency: 6 }, () => {
  // The longest one first.
  it('is continued once, however often the watcher is killed', () =>
    killWhileParked(other, ['one limit', 'a menu'], 2));

  it('waits for the reset, is continued once, and completes its edit', async () => {
    const place = ['--isolation', 'worktree', '--role', 'implementer'];
    const { id, kinds, parks, continuations } = await start('resets in 4 s', ...WAIT, ...place);
    const { worktree_path } = await home.reaches(id, 'COMPLETED');
    assert.deepEqual(kinds(), ['task', 'continued']);
    assert.equal(continuations(), 1);
    assert.deepEqual(
      parks().map(({ because, known_from, continues_itself, attempt }) => [
        because,
        known_from,
        continues_itself,
        attempt,
      ]),
      [['limit', 'screen', false, 1]],
    );
    const edited = join(worktree_path ?? '', 'agentpool-fake-limit.txt');
    assert.equal(readFileSync(edited, 'utf8'), 'part 1\npart 2\n');
    assert.equal((await home.run(['replay', id, '--verify'])).code, 0);
  });

  it('is left to itself where its agent continues by itself', async () => {
    const { id, kinds, parks, continuations } = await start('resets in 5 s, continues by itself', ...WAIT);
    await home.reaches(id, 'COMPLETED');
    assert.deepEqual(kinds(), ['task', 'itself']);
    assert.equal(continuations(), 0);
    assert.equal(parks()[0]?.continues_itself, true);
  });

  it('is continued where its agent was to continue by itself and does not', async () => {
    const task = 'resets in 1 s, continues by itself after 600 s';
    const { id, kinds } = await start(task, ...WAIT);
    await home.reaches(id, 'COMPLETED');
    assert.deepEqual(kinds(), ['task', 'continued']);
  });

  it('has its menu closed before anything is typed', async () => {
    const { id, kinds } = await start('resets in 1.5 s, opens a menu', ...WAIT);
    await home.reaches(id, 'COMPLETED');
    assert.deepEqual(kinds(), ['task', 'continued']);
    const [pressed] = home.eventsOf('worker.keys_sent', id);
    assert.deepEqual(pressed?.data.keys, ['Escape']);
  });

  it('waits on while its box holds what a person has typed, and says so', async () => {
    // Long enough for the words to be typed before it on a busy machine.
    const { id, kinds, texts, parks, type } = await start('resets in 8 s', ...WAIT);
    await home.reaches(id, 'PARKED');
    type('-l', 'my own words');
    const held = await until('the reason', () => parks().find((park) => park.held)?.held);
    assert.match(held, /input box holds text/);
    const { session } = await home.json(['session', 'show', id]);
    assert.match(session.parked.held, /input box holds text/);
    assert.deepEqual(kinds(), ['task']);
    type('C-u');
    await home.reaches(id, 'COMPLETED');
    assert.deepEqual(texts().slice(1), ['continue']);
  });

  it('waits again at the next limit', async () => {
    const { id, kinds, parks } = await start('resets in 1.5 s, two limits', ...WAIT);
    await home.reaches(id, 'COMPLETED');
    assert.deepEqual(kinds(), ['task', 'continued', 'continued']);
    assert.deepEqual([...new Set(parks().map(({ attempt }) => attempt))], [1, 2]);
  });

  it('may get a message of its caller meanwhile', async () => {
    const { id, kinds, texts } = await start('resets in 3 s', ...WAIT);
    await home.reaches(id, 'PARKED');
    assert.equal((await home.json(['send', id, 'are you there?'])).delivery, 'delivered');
    await home.reaches(id, 'COMPLETED');
    // On a slow machine it arrives after the reset and continues the worker, or after the continuation as more work.
    const count = (kind: Message['kind']) => kinds().filter((each) => each === kind).length;
    assert.equal(texts().filter((text) => text === 'are you there?').length, 1);
    const continued = count('continued');
    assert.ok(continued >= 1 && continued <= count('task'), kinds().join());
  });

  it('stops where its caller says nothing', async () => {
    const { id, parks } = await start('resets in 1 s');
    const { readiness } = await home.reaches(id, 'IDLE');
    assert.equal(readiness, 'limit_reached');
    assert.deepEqual(parks(), []);
  });

  it('does not wait for a reset that is later than it may wait', async () => {
    const { id } = await start('resets in 600 s', ...WAIT, '--wait-at-most', '5m');
    const { readiness } = await home.reaches(id, 'IDLE');
    assert.equal(readiness, 'limit_reached');
    assert.equal(home.eventsOf('worker.park_ended', id)[0]?.data.reason, 'waited_too_long');
  });

  it('keeps its run waiting, which ends with the work', async () => {
    const words = ['run', '--provider', 'fake-limit-wait', '--task', 'Edit it; resets in 1 s', ...WAIT];
    const printed = await home.json(words);
    assert.deepEqual([printed.exit_reason, printed.exit_code], ['completed', 0]);
  });

  it('ends its run where its caller says nothing', async () => {
    const printed = await home.json([
      'run',
      '--provider',
      'fake-limit-wait',
      '--task',
      'Edit; resets in 9 s',
    ]);
    assert.deepEqual([printed.exit_reason, printed.exit_code], ['limit', 4]);
  });
});
