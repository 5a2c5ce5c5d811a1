import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { workerEvent } from '../../testing/events.ts';
import { isCollected } from './work.ts';

const started = workerEvent('worker.started', { state: 'READY' });
const seen = workerEvent('worker.transitioned', { state: 'IDLE', source: 'screen' });
const sent = workerEvent('worker.message_sent', { state: 'RUNNING' });
const collected = workerEvent('worker.collected', { state: 'IDLE', result: 'missing' });
const exited = (result: 'present' | 'missing') =>
  workerEvent('worker.exited', { state: 'COMPLETED', result });
const terminated = workerEvent('worker.terminated', { state: 'CANCELLED' });

describe('the work of a worker', () => {
  it('is collected if a caller has done that since it last did something', () => {
    assert.equal(isCollected([started, seen]), false);
    assert.equal(isCollected([started, seen, collected, terminated]), true);
    assert.equal(isCollected([started, seen, collected, sent]), false);
    assert.equal(isCollected([started, collected, seen]), false);
    assert.equal(isCollected([started, seen, collected, started]), false);
  });

  it('is not, if it printed its result after that', () => {
    assert.equal(isCollected([started, seen, collected, exited('present')]), false);
    assert.equal(isCollected([started, seen, collected, exited('missing')]), true);
  });

  it('is, if its caller says afterwards that it is done', () => {
    const marked = workerEvent('worker.transitioned', { state: 'COMPLETED', source: 'caller' });
    assert.equal(isCollected([started, seen, collected, marked]), true);
  });

  it('is not by a handover, which collects for itself', () => {
    const requested = workerEvent('worker.handover_requested', { state: 'IDLE' });
    const failed = workerEvent('worker.handover_failed', { state: 'LOST' });
    assert.equal(isCollected([started, seen, requested, collected, failed]), false);
    assert.equal(isCollected([started, seen, requested, failed, collected]), true);
  });
});
