import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { getShortestPaths } from 'xstate/graph';
import { type WorkerState, workerStates } from '../../events/catalogue/words.ts';
import { next, type WorkerSignal, workerMachine, workerSignals } from './machine.ts';
import { finalStates, isFinal } from './state.ts';

/** Every signal, in the order of the table's columns. */
const signals = [
  'requested',
  'dequeued',
  'requeued',
  'started',
  'spawn_failed',
  'resume_requested',
  'resume_failed',
  'prompt_delivered',
  'message_sent',
  'parked',
  'park_ended',
  'saw.none',
  'saw.question',
  'saw.approval_prompt',
  'saw.overage_prompt',
  'saw.idle',
  'saw.completed',
  'saw.error',
  'saw.screen_changed',
  'saw.limit_warning',
  'saw.timeout',
  'exited 0',
  'exited 1',
  'exited lost',
  'deadline_exceeded',
  'lost',
  'lost unstarted',
  'terminated',
  'handover_failed',
] as const;

/** Every signal in every state: the next state by its letter below, a dot where it is refused. */
const table = `
                      rq dq rz st sf rr rf pd ms pk pe | no qu ap ov id co er ch li ti | e0 e1 el de lo lu te hf
  QUEUED              S  X  .  .  .  .  .  .  .  .  .  | .  .  .  .  .  .  .  .  .  .  | .  .  .  .  .  .  .  .
  STARTING            .  .  Z  r  F  .  L  .  .  .  .  | .  .  .  .  .  .  .  .  .  .  | C  F  L  F  L  F  X  .
  READY               .  .  .  .  .  .  .  R  R  P  .  | U  Q  A  A  I  C  F  R  .  .  | C  F  L  F  L  F  X  .
  RUNNING             .  .  .  .  .  .  .  R  R  P  .  | U  Q  A  A  I  C  F  .  .  .  | C  F  L  F  L  F  X  .
  AWAITING_USER_INPUT .  .  .  .  .  .  .  Q  R  P  .  | .  Q  A  A  I  C  F  R  .  .  | C  F  L  F  L  F  X  .
  AWAITING_APPROVAL   .  .  .  .  .  .  .  A  R  P  .  | .  Q  A  A  I  C  F  R  .  .  | C  F  L  F  L  F  X  .
  IDLE                .  .  .  .  .  .  .  R  R  P  .  | .  Q  A  A  .  C  F  R  .  .  | C  F  L  F  L  F  X  .
  PARKED              .  .  .  .  .  .  .  P  R  P  I  | .  Q  A  A  .  C  F  R  .  .  | C  F  L  F  L  F  X  .
  UNKNOWN             .  .  .  .  .  .  .  R  R  P  .  | .  Q  A  A  I  C  F  R  .  .  | C  F  L  F  L  F  X  .
  COMPLETED           .  .  .  .  .  S  .  C  R  .  .  | .  Q  A  A  .  .  .  R  .  .  | .  .  .  .  .  .  .  .
  FAILED              .  .  .  .  .  S  .  F  R  P  .  | .  Q  A  A  .  .  .  R  .  .  | .  .  .  .  .  .  .  .
  CANCELLED           .  .  .  .  .  S  .  .  .  .  .  | .  .  .  .  .  .  .  .  .  .  | .  .  .  .  .  .  .  L
  LOST                .  .  .  .  .  S  .  .  .  .  .  | .  .  .  .  .  .  .  .  .  .  | .  .  .  .  .  .  X  .
`;

const stateByLetter: Record<string, WorkerState | null> = {
  '.': null,
  S: 'STARTING',
  Z: 'QUEUED',
  r: 'READY',
  R: 'RUNNING',
  Q: 'AWAITING_USER_INPUT',
  A: 'AWAITING_APPROVAL',
  I: 'IDLE',
  P: 'PARKED',
  L: 'LOST',
  C: 'COMPLETED',
  F: 'FAILED',
  X: 'CANCELLED',
  U: 'UNKNOWN',
};

const rowOf = (state: WorkerState): string[] =>
  table
    .match(new RegExp(`^ +${state} +(.*)$`, 'm'))?.[1]
    ?.replaceAll('|', '')
    .split(/ +/) ?? [];

function signalOf(name: string): WorkerSignal {
  const [type, what] = name.split(' ');
  switch (type) {
    case 'exited':
      return { type, outcome: what === '0' ? 'completed' : what === '1' ? 'failed' : 'lost' };
    case 'lost':
      return { type, resumable: what !== 'unstarted' };
    case 'resume_failed':
      return { type, from: 'LOST' };
    default:
      return { type } as WorkerSignal;
  }
}

const everySignal = signals.map(signalOf);

describe('the worker machine', () => {
  for (const state of workerStates) {
    const row = rowOf(state);
    for (const [column, signal] of signals.entries()) {
      const expected = stateByLetter[row[column] ?? ''];
      it(`${state}, ${signal}: ${expected ?? 'refused'}`, () => {
        assert.notEqual(expected, undefined);
        assert.equal(next(state, signalOf(signal)), expected);
      });
    }
  }

  it('goes back to where it was when a run cannot be started', () => {
    for (const from of ['COMPLETED', 'FAILED', 'CANCELLED', 'LOST'] as const)
      assert.equal(next('STARTING', { type: 'resume_failed', from }), from);
    assert.equal(next('STARTING', { type: 'resume_failed', from: 'RUNNING' }), null);
  });

  it('has these states and signals only', () => {
    assert.deepEqual(Object.keys(workerMachine.states).sort(), [...workerStates].sort());
    for (const type of workerMachine.events)
      assert.ok(
        everySignal.some((signal) => signal.type === type),
        type,
      );
    const types = (all: readonly WorkerSignal[]) => [...new Set(all.map(({ type }) => type))].sort();
    assert.deepEqual(types(workerSignals), types(everySignal));
  });
});

describe('the graph of the machine', () => {
  const paths = getShortestPaths(workerMachine, { events: everySignal });

  it('reaches every state of the catalogue but the one before a start', () => {
    const reached = new Set([...paths.map(({ state }) => state.value), 'QUEUED']);
    assert.deepEqual([...reached].sort(), [...workerStates].sort());
  });

  for (const { state, steps } of paths) {
    const path = steps.map(({ event }) => event.type).filter((type: string) => type !== 'xstate.init');
    it(`reaches ${state.value} by ${path.join(', ') || 'nothing'}, as the pure step does`, () => {
      const reached = steps
        .filter(({ event }) => (event.type as string) !== 'xstate.init')
        .reduce<WorkerState | null>((at, { event }) => at && next(at, event), 'STARTING');
      assert.equal(reached, state.value);
    });
  }

  it('reaches each of its ends from every state of a live worker', () => {
    for (const state of workerStates) {
      const ends = everySignal.map((signal) => next(state, signal));
      if (!isFinal(state) && state !== 'QUEUED') for (const end of finalStates) assert.ok(ends.includes(end));
    }
  });
});
