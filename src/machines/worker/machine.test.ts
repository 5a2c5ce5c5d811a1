import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { getShortestPaths } from 'xstate/graph';
import { type WorkerState, workerStates } from '../../events/catalogue/words.ts';
import { next, type WorkerSignal, workerMachine } from './machine.ts';

/** Every signal, in the order of the table's columns. */
const signals = [
  'started',
  'spawn_failed',
  'prompt_delivered',
  'message_sent',
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
  'deadline_exceeded',
  'lost',
  'terminated',
] as const;

/** Every signal in every state: the next state by its letter below, a dot where it is refused. */
const table = `
                      st sf pd ms | no qu ap ov id co er ch li ti | e0 e1 de lo te
  STARTING            r  F  .  .  | .  .  .  .  .  .  .  .  .  .  | C  F  F  F  X
  READY               .  .  R  R  | U  Q  A  A  I  C  F  R  .  .  | C  F  F  F  X
  RUNNING             .  .  R  R  | U  Q  A  A  I  C  F  .  .  .  | C  F  F  F  X
  AWAITING_USER_INPUT .  .  Q  R  | .  Q  A  A  I  C  F  R  .  .  | C  F  F  F  X
  AWAITING_APPROVAL   .  .  A  R  | .  Q  A  A  I  C  F  R  .  .  | C  F  F  F  X
  IDLE                .  .  R  R  | .  Q  A  A  .  C  F  R  .  .  | C  F  F  F  X
  UNKNOWN             .  .  R  R  | .  Q  A  A  I  C  F  R  .  .  | C  F  F  F  X
  COMPLETED           .  .  C  R  | .  Q  A  A  .  .  .  R  .  .  | .  .  .  .  .
  FAILED              .  .  F  R  | .  Q  A  A  .  .  .  R  .  .  | .  .  .  .  .
  CANCELLED           .  .  .  .  | .  .  .  .  .  .  .  .  .  .  | .  .  .  .  .
`;

const stateByLetter: Record<string, WorkerState | null> = {
  '.': null,
  r: 'READY',
  R: 'RUNNING',
  Q: 'AWAITING_USER_INPUT',
  A: 'AWAITING_APPROVAL',
  I: 'IDLE',
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
  const [type, code] = name.split(' ');
  if (type === 'exited') return { type, outcome: code === '0' ? 'completed' : 'failed' };
  return { type } as WorkerSignal;
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

  it('has these states and signals only', () => {
    assert.deepEqual(Object.keys(workerMachine.states).sort(), [...workerStates].sort());
    for (const type of workerMachine.events)
      assert.ok(
        everySignal.some((signal) => signal.type === type),
        type,
      );
  });
});

describe('the graph of the machine', () => {
  const paths = getShortestPaths(workerMachine, { events: everySignal });

  it('reaches every state of the catalogue', () => {
    const reached = new Set(paths.map(({ state }) => state.value));
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
      const final = ['COMPLETED', 'FAILED', 'CANCELLED'].includes(state);
      if (!final)
        for (const end of ['COMPLETED', 'FAILED', 'CANCELLED']) assert.ok(ends.includes(end as WorkerState));
    }
  });
});
