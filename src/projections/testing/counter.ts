import { after } from 'node:test';
import { accepted, type Decider, rejected } from '../../events/decider.ts';
import { type Ledger, openLedger } from '../projector/ledger.ts';

/** The stream that the counter's events are for. */
export const STREAM = 'watcher';

export const now = { now: new Date(), newId: () => 'id' };

/** Appends `event 1`, `event 2`, ... up to a maximum. `onDecide` runs before each decision. */
export const counter = (onDecide: () => void = () => {}): Decider<number, { most: number }> => ({
  initial: 0,
  evolve: (count) => count + 1,
  decide: (count, { most }) => {
    onDecide();
    return count < most
      ? accepted({ type: 'watcher.stopped', data: { fence: 1, reason: `event ${count + 1}` } })
      : rejected('SESSION_ENDED', `${count} of ${most} are there`);
  },
});

/** A ledger with every read model; closed when the test file is done. */
export function openedLedger(file: string): Ledger {
  const ledger = openLedger(file);
  after(() => ledger.close());
  return ledger;
}
