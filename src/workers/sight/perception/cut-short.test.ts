import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Warning } from '../../../terminal/detection/classify.ts';
import { classified } from '../../testing/classified.ts';
import type { SeenResult, WorkerScreen } from '../seen.ts';
import { isResultOfLimit, nearlyUsedUp, percentUsed, stopsForLimit, wasInterrupted } from './cut-short.ts';
import { Perception } from './perception.ts';

const warning = (text: string, more: Partial<Warning> = {}): Warning => ({
  kind: 'limit_warning',
  text,
  rule: 'limit-near',
  ...more,
});
const NEAR = warning("You've used 96% of your session limit · resets 3:40pm");
const result = (name: string, isOfLimit = false): SeenResult => ({
  name,
  count: 1,
  isProven: true,
  isOfLimit,
});
const screen = (
  label: 'idle' | 'working',
  more: Partial<WorkerScreen> = {},
  warnings = [NEAR],
): WorkerScreen => ({
  classification: classified(label, { warnings }),
  line: null,
  result: null,
  content: label,
  ...more,
});

/** What a worker that worked is seen as, once its prompt has been shown for long enough. */
function atRest(last: WorkerScreen, { working = screen('working'), isFirst = true } = {}) {
  const perception = new Perception(0, { idleMs: 1000, unknownMs: 30_000 });
  if (!isFirst) perception.perceive('RUNNING', screen('working', { result: result('an earlier one') }), 0);
  perception.sent(10);
  perception.delivered(20);
  perception.perceive('RUNNING', working, 6000);
  const first = perception.perceive('RUNNING', last, 7000).observation;
  const seen = first ?? perception.perceive('RUNNING', last, 9000).observation;
  return [seen?.event, seen?.readiness ?? null];
}

describe('the words of a warning', () => {
  it('say how much is used, or how much is left', () => {
    assert.equal(percentUsed("You've used 95% of your weekly limit"), 95);
    assert.equal(percentUsed('⚠ 5h limit: 8% left'), 92);
    assert.equal(percentUsed('heads up, you have less than 5% of your weekly limit left'), 95);
    assert.equal(percentUsed('Approaching usage limit'), null);
  });

  it('are near a limit from 90 percent on, where the work is not paid by the use', () => {
    const of = (one: Warning) => nearlyUsedUp({ warnings: [one] });
    assert.equal(of(NEAR), NEAR.text);
    assert.equal(of(warning("You've used 89% of your session limit")), null);
    assert.equal(of(warning("You've used 96% of your session limit", { paid: true })), null);
    assert.equal(of({ ...NEAR, kind: 'retrying' }), null);
  });
});

describe('a message', () => {
  for (const says of [
    'I am stopping here because the usage limit is nearly reached.',
    'The session limit is close, so I will wrap up and continue after the reset.',
    'I paused before the 5-hour limit. Two files are left.',
  ])
    it(`stops for a limit: ${says}`, () => assert.ok(stopsForLimit(says)));

  for (const says of [
    'The rate limit of the API is 60 requests per minute. All tests pass.',
    'I stopped the server. The quota page is done.',
    'Done.',
  ])
    it(`does not: ${says}`, () => assert.ok(!stopsForLimit(says)));
});

describe('a result', () => {
  it('is one of a limit where a blocker or its summary says so', () => {
    const of = (summary: string, ...blockers: string[]) => isResultOfLimit({ summary, blockers });
    assert.ok(of('Half of the files are done.', 'The usage limit is nearly reached.'));
    assert.ok(of('Stopped early because of the session limit.'));
    assert.ok(!of('Added a rate limit to the API.'));
    assert.ok(!of('All done.', 'The tests need a database.'));
  });
});

describe('a turn that ends near a limit', () => {
  it('is cut short without the result that it was asked for', () =>
    assert.deepEqual(atRest(screen('idle')), ['idle', 'cut_short']));

  it('is cut short where its result has the limit as a blocker', () =>
    assert.deepEqual(atRest(screen('idle', { result: result('r', true) })), ['idle', 'cut_short']));

  it('is complete with a whole result, also at 96 percent', () =>
    assert.deepEqual(atRest(screen('idle', { result: result('r') })), ['completed', null]));

  it('is complete where a result names a limit that no warning shows', () => {
    const rest = screen('idle', { result: result('r', true) }, []);
    assert.deepEqual(atRest(rest, { working: screen('working', {}, []) }), ['completed', null]);
  });

  it('has just ended where the warning shows less than 90 percent', () => {
    const early = [warning("You've used 82% of your session limit")];
    const working = screen('working', {}, early);
    assert.deepEqual(atRest(screen('idle', {}, early), { working }), ['idle', 'turn_ended']);
  });

  it('has just ended where the user interrupted it', () => {
    const content = 'Reading files\n  ⎿  Interrupted · What should Claude do instead?\n❯';
    assert.ok(wasInterrupted(content));
    assert.deepEqual(atRest(screen('idle', { content })), ['idle', 'turn_ended']);
  });

  it('after an earlier result is cut short only by its own words', () => {
    assert.deepEqual(atRest(screen('idle'), { isFirst: false }), ['idle', 'turn_ended']);
    const content = '● It is noon.\n● I stop here: the usage limit is nearly reached.\n❯';
    const says = screen('idle', { content });
    says.classification.regions = { message: { first: 1, last: 2 } };
    assert.deepEqual(atRest(says, { isFirst: false }), ['idle', 'cut_short']);
  });
});
