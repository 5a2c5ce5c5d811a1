import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { ObserveEvent, WorkerState } from '../../events/catalogue/words.ts';
import { workerEvent } from '../testing/events.ts';
import { isOver, satisfying, turnOf } from './turn.ts';
import { parseWaitFor } from './wait-for.ts';

const given = workerEvent('worker.prompt_delivered', { state: 'RUNNING' });
const sent = workerEvent('worker.message_sent', { state: 'RUNNING' });
const saw = (observe_event: ObserveEvent, state: WorkerState, readiness: string | null = null) =>
  workerEvent('worker.transitioned', { observe_event, state, readiness });
const question = saw('question', 'AWAITING_USER_INPUT');
const completed = saw('completed', 'COMPLETED');
const exited = (state: WorkerState, code: number) =>
  workerEvent('worker.exited', { state, code, signal: null, result: 'missing' });

const eventFor = (
  words: string,
  ...events: Parameters<typeof turnOf>[0] extends Iterable<infer E> ? E[] : never
) => satisfying(turnOf(events), parseWaitFor([words]))?.event ?? null;

describe('a turn', () => {
  it('starts over with every message', () => {
    assert.equal(eventFor('question', given, question), 'question');
    assert.equal(eventFor('question', given, question, sent), null);
    assert.equal(eventFor('question,completed', given, question, sent, completed), 'completed');
  });

  it('keeps its observations when more has happened since', () => {
    assert.equal(eventFor('question', given, question, exited('FAILED', 1)), 'question');
  });

  it('is not over while an agent waits for its task', () => {
    const ready = saw('idle', 'IDLE', 'ready');
    assert.equal(eventFor('idle', ready), null);
    assert.equal(eventFor('IDLE', ready), null);
    assert.equal(eventFor('completed', ready, given), null);
  });

  it('keeps what a fast worker printed before its task was recorded as delivered', () => {
    const late = workerEvent('worker.prompt_delivered', { state: 'AWAITING_USER_INPUT' });
    assert.equal(eventFor('question', question, late), 'question');
    const limit = workerEvent('worker.limit_warned', { state: 'RUNNING' });
    assert.equal(eventFor('limit', limit, given), 'limit_warning');
  });

  it('that ends without a result satisfies a wait for its end', () => {
    assert.equal(eventFor('completed', given, saw('idle', 'IDLE', 'turn_ended')), 'idle');
    assert.equal(eventFor('completed', given, saw('idle', 'IDLE', 'limit_reached')), null);
    assert.equal(eventFor('question', given, saw('idle', 'IDLE', 'turn_ended')), null);
  });

  it('that its agent cut short is reported as a limit, and satisfies a wait for its end', () => {
    const cutShort = saw('idle', 'IDLE', 'cut_short');
    for (const words of ['limit', 'completed', 'idle', 'any'])
      assert.equal(eventFor(words, given, cutShort), 'limit_warning');
    assert.equal(eventFor('question', given, cutShort), null);
  });

  it('has no end that nothing but stillness has shown, once its worker works again', () => {
    const stillness = { observe_event: 'idle', state: 'IDLE', readiness: 'quiet', rule: 'frozen' } as const;
    const frozen = workerEvent('worker.transitioned', { ...stillness, confidence: 'unproven' });
    const moves = saw('screen_changed', 'RUNNING');
    assert.equal(eventFor('idle', given, frozen), 'idle');
    assert.equal(eventFor('idle', given, frozen, moves), null);
    const ended = saw('idle', 'IDLE', 'turn_ended');
    assert.equal(eventFor('idle', given, ended, moves), 'idle');
    assert.equal(eventFor('idle', given, frozen, moves, ended), 'idle');
  });

  it('is over when its worker or its state ends it', () => {
    assert.equal(isOver(turnOf([given])), false);
    assert.equal(isOver(turnOf([given, completed])), true);
    assert.equal(isOver(turnOf([given, completed, sent])), false);
    assert.equal(isOver(turnOf([given, workerEvent('worker.terminated', { state: 'CANCELLED' })])), true);
  });

  it('is not reported again when its worker is terminated afterwards', () => {
    const tidied = [given, completed, workerEvent('worker.terminated', { state: 'COMPLETED' })];
    assert.deepEqual(turnOf(tidied).observations.at(-1)?.event, 'completed');
    assert.equal(turnOf(tidied).alive, false);
    const cancelled = turnOf([given, workerEvent('worker.terminated', { state: 'CANCELLED' })]);
    assert.equal(cancelled.observations.at(-1)?.event, 'none');
  });

  it('has a warning while the client retries', () => {
    const retrying = workerEvent('worker.retrying', { state: 'RUNNING', evidence: ['attempt 2'] });
    const recovered = workerEvent('worker.recovered', { state: 'RUNNING' });
    assert.deepEqual(turnOf([given, retrying]).retrying, ['retrying: attempt 2']);
    for (const end of [recovered, completed, sent])
      assert.deepEqual(turnOf([given, retrying, end]).retrying, []);
  });

  it('says how a worker exited', () => {
    const { observations } = turnOf([given, exited('COMPLETED', 0)]);
    assert.deepEqual(
      [observations[0]?.event, observations[0]?.evidence],
      ['completed', ['exited with code 0']],
    );
    assert.deepEqual(observations[0]?.warnings, ['no result was printed']);
    assert.equal(turnOf([given, exited('FAILED', 3)]).observations[0]?.event, 'error');
  });
});
