import { createMachine } from 'xstate';
import type { LeaseMode } from '../../events/catalogue/words.ts';
import { stepper } from '../step.ts';

export type LeaseState = 'asked' | LeaseMode | 'released' | 'expired';

export type LeaseSignal = {
  type: 'granted_read' | 'granted_write' | 'upgraded' | 'renewed' | 'released' | 'expired';
};

/**
 * The life of one lease. Who else holds what is not in it: that is the decider's to know. A writer is never turned
 * back into a reader, and what has ended stays so: whoever asks again gets another lease, with a higher fence.
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

/** The state that follows, or null where a lease in this state does not take the signal. Pure. */
export const nextLease = stepper<LeaseState, LeaseSignal>(leaseMachine);
