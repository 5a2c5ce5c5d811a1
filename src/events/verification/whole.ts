import { GENESIS } from '../store/hash.ts';
import { hashAt, lastPosition } from '../store/log-queries.ts';
import type { EventStore } from '../store/store.ts';
import { type LogVerification, verifyLog } from '../store/verify.ts';
import { holdTogether, type LogPart, scan } from './scan.ts';
import { scanBeside } from './scan-beside.ts';

/** Events from which on another thread checks a part of them: to start one takes as long as to check so many. */
export const WORTH_A_THREAD = 20_000;

/** Checks what `verifyLog` does, on all of a log, in two threads. */
export function verifyWholeLog(
  store: EventStore,
  onProgress: (position: number) => void = () => {},
): LogVerification {
  return store.reading(() => {
    const last = lastPosition(store);
    if (!holds(store, last, onProgress)) return verifyLog(store.read(), onProgress);
    const head = (hashAt(store, last) ?? GENESIS).toString('hex');
    return { events: last, last_position: last, head, fault: null };
  });
}

function holds(store: EventStore, last: number, onProgress: (position: number) => void): boolean {
  if (last < WORTH_A_THREAD || store.isReadOnly)
    return scan(store.connection, { after: 0, upTo: last }, onProgress).holds;
  const middle = last >> 1;
  const second: LogPart = { after: middle, upTo: last };
  const beside = scanBeside(store.file, second);
  try {
    // The other thread reads as fast.
    const first = scan(store.connection, { after: 0, upTo: middle }, (position) => onProgress(2 * position));
    return first.holds && holdTogether([first, beside?.result() ?? scan(store.connection, second)]);
  } finally {
    beside?.stop();
  }
}
