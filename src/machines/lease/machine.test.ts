import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { type LeaseSignal, type LeaseState, leaseMachine, nextLease } from './machine.ts';

const signals = ['granted_read', 'granted_write', 'upgraded', 'renewed', 'released', 'expired'] as const;

/** Every signal in every state, in the order of `signals`; null where it is refused. */
const table: Record<LeaseState, readonly (LeaseState | null)[]> = {
  asked: ['read', 'write', null, null, null, null],
  read: [null, null, 'write', 'read', 'released', 'expired'],
  write: [null, null, null, 'write', 'released', 'expired'],
  released: [null, null, null, null, null, null],
  expired: [null, null, null, null, null, null],
};

describe('the lease machine', () => {
  for (const [state, row] of Object.entries(table) as [LeaseState, (LeaseState | null)[]][]) {
    for (const [column, signal] of signals.entries()) {
      const expected = row[column] ?? null;
      it(`${state}, ${signal}: ${expected ?? 'refused'}`, () =>
        assert.equal(nextLease(state, { type: signal } satisfies LeaseSignal), expected));
    }
  }

  it('has these states and signals only', () => {
    assert.deepEqual(Object.keys(leaseMachine.states).sort(), Object.keys(table).sort());
    assert.deepEqual([...leaseMachine.events].sort(), [...signals].sort());
  });
});
