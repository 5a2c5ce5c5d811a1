import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { WorkerState } from '../../../events/catalogue/words.ts';
import type { Label } from '../../../terminal/detection/classify.ts';
import { classified } from '../../testing/classified.ts';
import { Perception } from '../perception/perception.ts';
import type { SeenMotion, WorkerScreen } from '../seen.ts';
import { FROZEN_MS } from './motion.ts';

const perceiving = () => new Perception(0, { idleMs: 1000, unknownMs: 30_000 });

const shows = (
  label: Label,
  motion: Partial<SeenMotion> = {},
  more: Partial<WorkerScreen> = {},
): WorkerScreen => ({
  classification: classified(label, label === 'working' ? { evidence: ['esc to interrupt'] } : {}),
  line: null,
  result: null,
  content: label,
  motion: { drawn: label, stillMs: 0, hasMoved: true, turnsInFooter: false, work: [], ...motion },
  ...more,
});

const seen = (perception: Perception, state: WorkerState, snapshot: WorkerScreen, now: number) =>
  perception.perceive(state, snapshot, now).observation;

describe('a screen that says that its agent works', () => {
  it('and does not move: idle, unproven, with the reason; running again once it moves', () => {
    const perception = perceiving();
    const soon = perception.perceive('RUNNING', shows('working', { stillMs: 28_000 }), 28_000);
    assert.deepEqual([soon.observation, soon.recheckInMs], [null, 2000]);
    const idle = seen(perception, 'RUNNING', shows('working', { stillMs: FROZEN_MS }), FROZEN_MS);
    assert.deepEqual(
      [idle?.event, idle?.source, idle?.rule, idle?.confidence, idle?.readiness],
      ['idle', 'motion', 'frozen', 'unproven', 'quiet'],
    );
    assert.deepEqual(idle?.warnings, [
      'its screen still says "esc to interrupt", and nothing has moved on it for 30 s',
    ]);
    assert.equal(seen(perception, 'IDLE', shows('working', { stillMs: 40_000 }), 40_000), null);
    assert.equal(seen(perception, 'IDLE', shows('working'), 41_000)?.event, 'screen_changed');
  });

  it('and goes on to the end of its turn after it was still: the end is seen', () => {
    const perception = perceiving();
    seen(perception, 'RUNNING', shows('working', { stillMs: FROZEN_MS }), FROZEN_MS);
    const again = seen(perception, 'IDLE', shows('idle'), 40_000);
    assert.deepEqual([again?.event, again?.source], ['screen_changed', 'motion']);
    seen(perception, 'RUNNING', shows('idle'), 40_010);
    const end = seen(perception, 'RUNNING', shows('idle'), 41_100);
    assert.deepEqual([end?.event, end?.confidence, end?.readiness], ['idle', 'observed', 'turn_ended']);
  });

  it('and moves each second for ten minutes: it works', () => {
    const perception = perceiving();
    for (let now = 0; now <= 600_000; now += 1000)
      assert.equal(seen(perception, 'RUNNING', shows('working'), now), null);
  });

  it('by a sign that never moves, or while its client retries: it works', () => {
    const still = shows('working', { stillMs: 600_000 });
    const steady = { ...still, classification: { ...still.classification, still: true as const } };
    const warnings = [{ kind: 'retrying' as const, text: 'retrying in 5 min', rule: 'retrying' }];
    const retrying = { ...still, classification: { ...still.classification, warnings } };
    for (const snapshot of [steady, retrying])
      assert.equal(seen(perceiving(), 'RUNNING', snapshot, 600_000), null);
  });

  it('and was sent something: it has time to react', () => {
    const perception = perceiving();
    seen(perception, 'RUNNING', shows('working', { stillMs: FROZEN_MS }), FROZEN_MS);
    perception.sent(50_000);
    assert.equal(seen(perception, 'RUNNING', shows('working', { stillMs: 50_000 }), 51_000), null);
    assert.equal(seen(perception, 'RUNNING', shows('working', { stillMs: 80_000 }), 80_000)?.event, 'idle');
  });

  it('and that an earlier watcher has found still: it stays so until something moves', () => {
    const perception = perceiving();
    perception.resume({
      result: null,
      finished: false,
      dialog: null,
      limit: null,
      retrying: null,
      frozen: true,
    });
    assert.equal(seen(perception, 'IDLE', shows('working', { hasMoved: false }), 100), null);
    assert.equal(seen(perception, 'IDLE', shows('working'), 200)?.event, 'screen_changed');
  });
});

describe('a screen that does not say that its agent works', () => {
  it('is looked at again after its last motion, also if nothing is printed any more', () => {
    const perception = perceiving();
    const moved = perception.perceive(
      'AWAITING_APPROVAL',
      shows('idle', { work: ['a row is new: Done'] }),
      500,
    );
    assert.equal(moved.observation?.event, 'screen_changed');
    assert.equal(moved.recheckInMs, 1000);
    assert.equal(seen(perception, 'RUNNING', shows('idle'), 1600)?.event, 'idle');
  });

  const work = ['text was written above the input: and then'];

  it('while the agent writes on it: it works', () => {
    for (const label of ['idle', 'unknown'] as const) {
      const observation = seen(perceiving(), 'IDLE', shows(label, { work }), 5000);
      assert.deepEqual(
        [observation?.event, observation?.source, observation?.rule, observation?.evidence],
        ['screen_changed', 'motion', 'motion', work],
      );
    }
  });

  it('while something moves, but shows a dialog, an error, or a shell, or has no task yet', () => {
    for (const label of ['approval', 'error', 'exited'] as const)
      assert.notEqual(seen(perceiving(), 'IDLE', shows(label, { work }), 5000)?.source, 'motion');
    assert.notEqual(seen(perceiving(), 'READY', shows('idle', { work }), 5000)?.source, 'motion');
  });

  it('beside a footer that ticks: it comes to rest, and stays', () => {
    const perception = perceiving();
    const ticking = (label: Label, now: number) =>
      shows(label, { drawn: 'done' }, { content: `done ${now}` });
    seen(perception, 'RUNNING', shows('working'), 0);
    let idleAt: number | null = null;
    for (let now = 100; now < 4000; now += 100)
      if (seen(perception, idleAt === null ? 'RUNNING' : 'IDLE', ticking('idle', now), now)) idleAt ??= now;
    assert.equal(idleAt, 1100);
    const unknown = perceiving();
    let quietAt: number | null = null;
    for (let now = 0; now < 60_000; now += 500) {
      const snapshot = { ...ticking('unknown', now), atRest: 'idle' as const };
      const observation = seen(unknown, quietAt === null ? 'RUNNING' : 'IDLE', snapshot, now);
      if (observation && quietAt !== null) assert.fail(`${observation.event} at ${now}`);
      if (observation) quietAt = now;
    }
    assert.equal(quietAt, 30_000);
  });
});
