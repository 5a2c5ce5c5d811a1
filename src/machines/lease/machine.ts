import { createMachine } from 'xstate';
import type { LeaseMode } from '../../events/catalogue/words.ts';
import { stepper } from '../step.ts';

export type LeaseState = 'asked' | LeaseMode | 'released' | 'expired';

export type LeaseSignal = {
  type: 'granted_read' | 'granted_write' | 'upgraded' | 'renewed' | 'released' | 'expired';
};

/**
 * The life cycle of one lease. Conflicts with other leases are the decider's concern. A writer never becomes a reader
 * again, and an ended lease stays ended: acquiring the path again creates another lease, with a higher fence.
 */
export const leaseMachine = createMachine({
  id: 'lease',
  types: {} as { events: LeaseSignal },
  initial: 'asked',
  states: {
    asked: { on: { granted_read: 'read', granted_write: 'write' } },
    read: { on: { upgraded: 'write', renewed: 'read', released: 'released', expired: 'expired' } },
    write: { on: { renewed: 'write', released: 'released', expired: 'expired' } },
    released: { type: 'final' },
    expired: { type: 'final' },
  },
});

/** The next state, or null when a lease in this state refuses the signal. Pure. */
export const nextLease = stepper<LeaseState, LeaseSignal>(leaseMachine);
