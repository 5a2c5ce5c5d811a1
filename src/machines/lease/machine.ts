import { setup } from 'xstate';
import { type StateOf, stepper } from '../step.ts';

export type LeaseSignal = {
  type: 'granted_read' | 'granted_write' | 'upgraded' | 'renewed' | 'released' | 'expired';
};

/**
 * The life cycle of one lease. Conflicts with other leases are the decider's concern. A writer never becomes a reader
 * again, and an ended lease stays ended: acquiring the path again creates another lease, with a higher fence.
 */
export const leaseMachine = setup({ types: { events: {} as LeaseSignal } }).createMachine({
  id: 'lease',
  initial: 'asked',
  states: {
    asked: { on: { granted_read: 'read', granted_write: 'write' } },
    read: { on: { upgraded: 'write', renewed: 'read', released: 'released', expired: 'expired' } },
    write: { on: { renewed: 'write', released: 'released', expired: 'expired' } },
    released: { type: 'final' },
    expired: { type: 'final' },
  },
});

export type LeaseState = StateOf<typeof leaseMachine>;

/** The next state, or null when a lease in this state refuses the signal. Pure. */
export const nextLease = stepper(leaseMachine);
