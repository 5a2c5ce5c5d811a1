import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { describe, it } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { until } from '../../../lib/testing/until.ts';
import { Home } from '../../testing/home.ts';

const agent = (id: string, env: Record<string, string>) => ({ id, program: 'fake-statusline', env });

describe('a worker with a statusline that ticks', () => {
  const home = new Home({
    agents: [
      agent('spins', {}),
      agent('signals', { FAKE_OSC: '777;notify;Agent;Turn complete', FAKE_REST: '1', FAKE_WORK_MS: '2500' }),
      agent('unknown', { FAKE_PLAIN: '1', FAKE_WORK: 'write' }),
      agent('writes', { FAKE_WORK: 'write', FAKE_WORK_MS: '4000' }),
      agent('hint', { FAKE_WORK: 'hint', FAKE_WORK_MS: '3000' }),
    ],
    config: { runtime: { tmux: { idle_seconds: 3 } }, policy: { max_parallel_sessions: 10 } },
  });

  const seen = (id: string) => home.eventsOf('worker.transitioned', id).map(({ data }) => data);
  /** The last change to a state: on a slow machine, the next may have followed. */
  const last = (id: string, state: string) => seen(id).findLast((change) => change.state === state);
  const type = (id: string, text: string) =>
    home.tmux(id, 'send-keys', '-t', home.session(id).tmux_pane, text, 'Enter');

  it('comes to rest when its work is over, and stays', async () => {
    const id = await home.spawn('spins');
    await home.reaches(id, 'IDLE');
    const { length } = seen(id);
    // The statusline ticks twelve times.
    await sleep(3000);
    assert.equal(seen(id).length, length);
    assert.deepEqual(seen(id).at(-1)?.readiness, 'turn_ended');
    const { moved, label } = await home.json(['explain', id]);
    assert.equal(label, 'idle');
    assert.deepEqual(
      moved.map(({ what }: { what: string }) => what),
      ['digits counted below the input'],
    );
    assert.match((await home.run(['explain', id])).stdout, /moved {2}digits counted below the input: tick/);
  });

  it('comes to rest on a screen that no rule knows', async () => {
    const id = await home.spawn('unknown');
    await home.reaches(id, 'IDLE');
    assert.deepEqual([seen(id).at(-1)?.rule, seen(id).at(-1)?.confidence], ['quiet', 'unproven']);
    const { length } = seen(id);
    await sleep(2500);
    assert.equal(seen(id).length, length);
  });

  it('works while it writes, on a screen that reads as idle', async () => {
    const id = await home.spawn('writes');
    await home.reaches(id, 'IDLE');
    type(id, 'go on');
    await home.reaches(id, 'RUNNING');
    const { source, rule, evidence } = last(id, 'RUNNING') ?? {};
    assert.deepEqual([source, rule], ['motion', 'motion']);
    assert.match(evidence?.[0] ?? '', /^text was written above the input: /);
    await home.reaches(id, 'IDLE');
  });

  it('has ended its turn when its terminal signals so', async () => {
    const id = await home.spawn('signals');
    await until('its watch', () => existsSync(home.session(id).transcript_path));
    type(id, 'go on');
    await home.reaches(id, 'RUNNING');
    await home.reaches(id, 'IDLE');
    const { source, rule } = seen(id).at(-1) ?? {};
    assert.deepEqual([source, rule], ['signal', 'turn_ended']);
  });

  it('is idle, unproven, while its hint does not move, and works again once it does', async () => {
    const id = await home.spawn('hint');
    await home.reaches(id, 'IDLE');
    const { source, rule, confidence, warnings } = last(id, 'IDLE') ?? {};
    assert.deepEqual([source, rule, confidence], ['motion', 'frozen', 'unproven']);
    assert.match(
      warnings?.[0] ?? '',
      /^its screen still says ".*esc to interrupt.*", and nothing has moved on it for (?:[3-9]\d|\d{3}) s$/,
    );
    const observed = await home.json(['observe', id]);
    assert.ok(observed.warnings.join().includes('nothing has moved on it'));
    home.tmux(id, 'send-keys', '-t', home.session(id).tmux_pane, 'x');
    await home.reaches(id, 'RUNNING');
    await until('the end of its turn', () => seen(id).at(-1)?.readiness === 'turn_ended');
  });
});
