import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { workerEvent } from '../../testing/events.ts';
import { ofLastRun, pastOf } from './past.ts';

const AT = '2026-01-01T00:00:00.000Z';
const after = (milliseconds: number) => new Date(Date.parse(AT) + milliseconds);
const question = workerEvent('worker.transitioned', {
  state: 'AWAITING_USER_INPUT',
  observe_event: 'question',
  rule: 'r',
  evidence: ['Which?'],
  question: 'Which?',
});
const answer = workerEvent('worker.message_sent', { state: 'RUNNING' });
const pastDialog = { rule: 'r', evidence: ['Which?'], question: 'Which?' };

describe('the past of a worker', () => {
  it('holds its last question, its last limit and its last result', () => {
    const limit = workerEvent('worker.limit_warned', { state: 'RUNNING', evidence: ['limit'] });
    const completed = workerEvent('worker.transitioned', {
      state: 'COMPLETED',
      observe_event: 'completed',
      evidence: ['result a'],
    });
    assert.deepEqual(pastOf([limit, completed, question], after(0)), {
      result: 'result a',
      finished: true,
      limit: ['limit'],
      dialog: { ...pastDialog, answered: false },
      retrying: null,
      frozen: false,
    });
  });

  it('begins again with another process, which may show the last result once more', () => {
    const completed = workerEvent('worker.transitioned', {
      state: 'COMPLETED',
      observe_event: 'completed',
      evidence: ['result a'],
    });
    const resumed = workerEvent('worker.resume_requested', { state: 'STARTING' });
    const limit = workerEvent('worker.limit_warned', { state: 'RUNNING', evidence: ['limit'] });
    assert.deepEqual(pastOf([limit, completed, question, resumed], after(0)), {
      result: 'result a',
      finished: false,
      limit: null,
      dialog: null,
      retrying: null,
      frozen: false,
    });
    assert.deepEqual(ofLastRun([completed, resumed, limit]), [limit]);
    assert.deepEqual(ofLastRun([completed]), [completed]);
  });

  it('holds that its client retries, until it has recovered', () => {
    const retrying = workerEvent('worker.retrying', { state: 'RUNNING', evidence: ['attempt 2'] });
    const recovered = workerEvent('worker.recovered', { state: 'RUNNING' });
    assert.equal(pastOf([retrying], after(0)).retrying, 'attempt 2');
    assert.equal(pastOf([retrying, recovered], after(0)).retrying, null);
  });

  it('counts a question that was just answered as answered, and one that is still shown long after as new', () => {
    assert.deepEqual(pastOf([question, answer], after(1000)).dialog, { ...pastDialog, answered: true });
    assert.equal(pastOf([question, answer], after(60_000)).dialog, null);
  });

  it('forgets a question that has left the screen', () => {
    const working = workerEvent('worker.transitioned', { state: 'RUNNING', observe_event: 'screen_changed' });
    assert.equal(pastOf([question, working], after(0)).dialog, null);
  });
});
