import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { WorkerState } from '../../../events/catalogue/words.ts';
import { workerEvent } from '../../testing/events.ts';
import { pastRunsOf } from './past-runs.ts';

const spawned = workerEvent('worker.spawn_requested', { state: 'STARTING', result_word: 'AAAA' });
const started = workerEvent('worker.started', { state: 'READY' });
const seen = (state: WorkerState) => workerEvent('worker.transitioned', { state });
const lost = workerEvent('worker.lost', { state: 'LOST', resumable: true });

describe('the past runs of a worker', () => {
  it('were cut off if the last one was lost in the middle of a turn', () => {
    const isCutOff = (state: WorkerState, ...then: Parameters<typeof workerEvent>[]) =>
      pastRunsOf([spawned, started, seen(state), lost, ...then.map((each) => workerEvent(...each))])
        ?.isCutOff;
    for (const state of ['RUNNING', 'UNKNOWN', 'AWAITING_APPROVAL', 'PARKED'] as const)
      assert.equal(isCutOff(state), true, state);
    for (const state of ['IDLE', 'COMPLETED', 'AWAITING_USER_INPUT'] as const)
      assert.equal(isCutOff(state), false, state);
    const failed = ['worker.resume_failed', { state: 'LOST' }] as const;
    const again = ['worker.resume_requested', { state: 'STARTING', mode: 'conversation', run: 2 }] as const;
    assert.equal(isCutOff('RUNNING', [...again], [...failed]), true);
    assert.equal(isCutOff('RUNNING', [...again], ['worker.started', { state: 'READY' }]), false);
  });

  it('say which limit it waited for when it was lost, also in a process that was to wait again', () => {
    const limit = {
      because: 'limit',
      until: '2026-01-01T00:00:00Z',
      window: null,
      known_from: 'screen',
    } as const;
    const waits_for = { ...limit, tried: [] };
    const parked = workerEvent('worker.parked', { state: 'PARKED', ...waits_for });
    const again = workerEvent('worker.resume_requested', { state: 'STARTING', run: 2, waits_for });
    const sent = workerEvent('worker.message_sent', { state: 'RUNNING' });
    const waits = (...events: Parameters<typeof pastRunsOf>[0][]) => {
      const { waits: found, isCutOff } = pastRunsOf(events.flatMap((e) => [...e])) ?? {};
      return [found?.until, isCutOff];
    };
    const until = limit.until;
    assert.deepEqual(waits([spawned, started, parked, lost]), [until, true]);
    const restarted = [spawned, started, parked, lost, again, started];
    assert.deepEqual(waits([...restarted, lost]), [until, true]);
    assert.deepEqual(waits([...restarted, seen('RUNNING'), seen('IDLE'), lost]), [until, true]);
    assert.deepEqual(waits([...restarted, parked, sent, lost]), [undefined, true]);
    assert.deepEqual(waits([spawned, started, parked, seen('RUNNING'), seen('IDLE'), lost]), [
      undefined,
      false,
    ]);
  });

  it('say of a message in the middle of the last turn that it may not have been read', () => {
    const sent = workerEvent('worker.message_sent', { state: 'RUNNING' });
    const unread = (...events: Parameters<typeof pastRunsOf>[0][]) =>
      pastRunsOf([spawned, started, ...events.flatMap((e) => [...e]), lost])?.unread !== null;
    assert.equal(unread([seen('RUNNING'), sent]), true);
    assert.equal(unread([seen('IDLE'), sent]), false);
    assert.equal(unread([seen('RUNNING'), sent, seen('IDLE'), seen('RUNNING')]), false);
    assert.equal(unread([seen('RUNNING'), sent, lost, started]), false);
  });

  it('say which run began the conversation, and with which marker', () => {
    const resume = (mode: 'brief' | 'conversation', run: number, result_word: string) =>
      workerEvent('worker.resume_requested', { state: 'STARTING', mode, run, result_word });
    const begun = (...events: Parameters<typeof pastRunsOf>[0][]) =>
      pastRunsOf(events.flatMap((e) => [...e]))?.begun;
    assert.deepEqual(begun([spawned])?.word, 'AAAA');
    const { run, word } =
      begun([spawned, resume('brief', 2, 'BBBB'), resume('conversation', 3, 'BBBB')]) ?? {};
    assert.deepEqual([run, word], [2, 'BBBB']);
    assert.equal(pastRunsOf([started]), null);
  });
});
