import type { EventStore } from '../../events/store/store.ts';
import { type LogScan, scan } from '../../events/verification/scan.ts';
import { projections } from '../projector/all.ts';
import { HistoryCheck, type ShareResult } from './history-check.ts';
import { eventsOf, misplacement, type Share } from './share.ts';

const isMisplaced = misplacement(projections);

/**
 * Feeds the events of a share to a check. False at the first one that is not as it should be. `onEvent` is called before
 * each.
 */
export function feed(
  store: EventStore,
  check: HistoryCheck,
  share: Share,
  onEvent: (position: number) => void = () => {},
): boolean {
  for (const stored of store.readFolded(eventsOf(share))) {
    onEvent(stored.position);
    if (share !== 'all' && isMisplaced(stored)) return false;
    if (check.next(stored)) return false;
  }
  return check.settles();
}

export interface RestQuestion {
  file: string;
  upTo: number;
}

/** `rest` is null if anything is wrong: then the events are to be checked in turn. */
export interface RestAnswer {
  chain: LogScan;
  rest: ShareResult | null;
}

/**
 * Checks the hash chain up to a position, and the rest of the histories: all of what the log holds now, which may be more,
 * because the tables are compared as they are now. What it counts is up to the position.
 */
export function restOf(
  store: EventStore,
  upTo: number,
  onProgress: (done: number) => void = () => {},
): RestAnswer {
  const chain = scan(store.connection, { after: 0, upTo }, onProgress);
  if (!chain.holds) return { chain, rest: null };
  return store.reading(() => {
    const check = new HistoryCheck({ hold: true, share: 'rest' });
    try {
      let counts: ShareResult['counts'] | null = null;
      const isSound = feed(store, check, 'rest', (position) => {
        if (position > upTo) counts ??= structuredClone(check.counts);
        onProgress(upTo + position);
      });
      if (!isSound || check.compare(store.connection)) return { chain, rest: null };
      return { chain, rest: { counts: counts ?? check.counts, handovers: check.lineage.handovers() } };
    } finally {
      check.close();
    }
  });
}
