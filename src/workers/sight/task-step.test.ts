import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';

import { classified } from '../testing/classified.ts';
import { type InputUse, type TaskMoment, taskStep } from './task-step.ts';

const LABELS = ['approval', 'question', 'limit', 'error', 'working', 'exited', 'idle', 'unknown'] as const;

const odd: TaskMoment = {
  classification: classified('unknown'),
  hasRules: false,
  isReading: false,
  dialog: null,
  isBlank: false,
  hasBox: false,
  quietMs: 500,
  ageMs: 2000,
};
const keys: InputUse = { byLines: false, cursorVisible: true, isRead: null };
const lines: InputUse = { byLines: true, cursorVisible: true, isRead: null };
const kindOf = (moment: Partial<TaskMoment>, input: InputUse | null) =>
  taskStep({ ...odd, ...moment }, input).kind;

describe('a task that waits for a program without rules', () => {
  it('is typed once the screen has settled and the program reads keys', () => {
    assert.equal(kindOf({ quietMs: 100 }, keys), 'later');
    assert.equal(kindOf({}, null), 'ask');
    assert.equal(kindOf({}, keys), 'type');
    assert.equal(kindOf({}, { ...keys, cursorVisible: false }), 'later');
    assert.equal(kindOf({ quietMs: 1000 }, { ...keys, cursorVisible: false }), 'type');
  });

  it('is typed once a process reads lines, or after a silence where that cannot be seen', () => {
    assert.equal(kindOf({}, { ...lines, isRead: true }), 'type');
    assert.equal(kindOf({ quietMs: 9000, ageMs: 9000 }, { ...lines, isRead: false }), 'later');
    assert.equal(kindOf({ quietMs: 1500 }, lines), 'type');
    assert.equal(kindOf({ quietMs: 1500, isBlank: true }, lines), 'later');
  });

  it('is typed after ten seconds at the latest, whatever the program does', () => {
    assert.equal(kindOf({ ageMs: 10_000 }, { ...lines, isRead: false }), 'type');
    assert.equal(kindOf({ ageMs: 10_000, classification: classified('working') }, keys), 'type');
    assert.equal(
      kindOf({ ageMs: 25_000, quietMs: 0 }, keys),
      'type',
      'also into a screen that never settles',
    );
  });

  it('is not typed into a shell or a dialog, and that is reported after ten seconds', () => {
    for (const moment of [{ classification: classified('exited') }, { dialog: 'Press Enter to continue' }]) {
      assert.equal(kindOf(moment, keys), 'later');
      assert.equal(kindOf({ ...moment, ageMs: 10_000, quietMs: 9000 }, keys), 'hold');
    }
  });
});

describe('a task that waits for an agent whose screen its rules do not know', () => {
  it('is not typed while the agent works without an input box, which is its start', () => {
    const starts = { hasRules: true, classification: classified('working'), quietMs: 5000, ageMs: 25_000 };
    assert.equal(kindOf(starts, keys), 'later');
    assert.equal(kindOf({ ...starts, hasBox: true }, keys), 'type');
    assert.equal(kindOf({ ...starts, ageMs: 60_000 }, keys), 'hold');
  });

  it('is typed after ten seconds if the agent reads keys', () => {
    assert.equal(kindOf({ hasRules: true, quietMs: 5000 }, keys), 'later');
    assert.equal(kindOf({ hasRules: true, quietMs: 5000, ageMs: 10_000 }, keys), 'type');
    assert.equal(kindOf({ hasRules: true, quietMs: 20_000, ageMs: 20_000 }, lines), 'later');
    assert.equal(kindOf({ hasRules: true, quietMs: 60_000, ageMs: 60_000 }, lines), 'hold');
  });

  it('waits for its prompt while the agent has drawn nothing', () => {
    const blank = { hasRules: true, isBlank: true };
    assert.equal(kindOf({ ...blank, quietMs: 59_000, ageMs: 59_000 }, keys), 'later');
    assert.equal(kindOf({ ...blank, quietMs: 60_000, ageMs: 60_000 }, keys), 'hold');
  });
});

describe('a task at a prompt that the rules know', () => {
  const prompt = { hasRules: true, hasBox: true, classification: classified('idle'), isReading: true };

  it('is typed once the box has settled, where the agent reads by then', () => {
    assert.equal(kindOf({ ...prompt, quietMs: 100 }, keys), 'later');
    assert.equal(kindOf(prompt, null), 'ask');
    assert.equal(kindOf(prompt, keys), 'type');
  });

  it('waits until its rest is reported while the terminal still edits lines, or no box is drawn', () => {
    assert.equal(kindOf(prompt, lines), 'wait');
    assert.equal(kindOf({ ...prompt, hasBox: false }, keys), 'wait');
  });

  it('waits for that of any other agent', () => {
    assert.equal(kindOf({ ...prompt, isReading: false }, keys), 'wait');
  });
});

describe('a task', () => {
  const moments = fc.record({
    label: fc.constantFrom(...LABELS),
    startup: fc.option(fc.constantFrom('trust_folder', 'login'), { nil: undefined }),
    overage: fc.boolean(),
    hasRules: fc.boolean(),
    isReading: fc.boolean(),
    dialog: fc.option(fc.constant('Allow once?'), { nil: null }),
    hasBox: fc.boolean(),
    isBlank: fc.boolean(),
    quietMs: fc.nat(60_000),
    ageMs: fc.nat(120_000),
  });
  const inputs = fc.record({
    byLines: fc.boolean(),
    cursorVisible: fc.boolean(),
    isRead: fc.option(fc.boolean(), { nil: null }),
  });
  const momentOf = ({
    label,
    startup,
    overage,
    ...moment
  }: typeof moments extends fc.Arbitrary<infer T> ? T : never) => ({
    ...moment,
    classification: classified(label, { overage, ...(startup ? { startup } : {}) }),
  });

  it('is never typed where a dialog is shown', () =>
    fc.assert(
      fc.property(moments, inputs, (moment, input) => {
        const isDialog =
          moment.dialog !== null ||
          moment.startup !== undefined ||
          moment.overage ||
          ['approval', 'question', 'exited'].includes(moment.label);
        if (isDialog) assert.notEqual(taskStep(momentOf(moment), input).kind, 'type');
      }),
    ));

  it('is always looked at again, typed or explained while no rule knows the screen', () =>
    fc.assert(
      fc.property(moments, inputs, (moment, input) => {
        const of = momentOf({ ...moment, label: 'unknown', startup: undefined, overage: false });
        const step = taskStep(of, input);
        assert.notEqual(step.kind, 'wait');
        assert.notEqual(step.kind, 'ask');
        if (step.kind === 'later') assert.ok(step.inMs > 0 && step.inMs <= 10_000, JSON.stringify(step));
      }),
    ));
});
