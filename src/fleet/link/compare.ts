import { counted } from '../../lib/text/counted.ts';

/** The log of this machine, as far as it has to be compared. */
export interface LocalLog {
  last: number;
  /** The hash of an event in hex; null if there is none. */
  hashAt(position: number): string | null;
}

/** The end of the same log in the database. */
export interface RemoteEnd {
  position: number;
  hash: string;
}

export type Comparison =
  /** The database has the beginning of this log, or all of it. */
  | { kind: 'goes_on'; from: number }
  /** The database has more events: this log ends earlier. */
  | { kind: 'behind'; missing: number }
  /** The event at the end of the database's log is another one here. */
  | { kind: 'diverges'; at: number };

/** Whether what the database has of a log is its beginning. The hash of one event covers everything before it. Pure. */
export function compareLogs(local: LocalLog, remote: RemoteEnd): Comparison {
  if (remote.position === 0) return { kind: 'goes_on', from: 1 };
  if (remote.position > local.last) return { kind: 'behind', missing: remote.position - local.last };
  return local.hashAt(remote.position) === remote.hash
    ? { kind: 'goes_on', from: remote.position + 1 }
    : { kind: 'diverges', at: remote.position };
}

/** Why a log must not be shipped, as the end of a sentence that names its machine. Pure. */
export function refusalOf(comparison: Exclude<Comparison, { kind: 'goes_on' }>): {
  code: 'FLEET_LOG_BEHIND' | 'FLEET_LOG_DIVERGES';
  why: string;
} {
  if (comparison.kind === 'diverges')
    return { code: 'FLEET_LOG_DIVERGES', why: `its event ${comparison.at} is another one in the fleet` };
  const events = counted(comparison.missing, 'event');
  return { code: 'FLEET_LOG_BEHIND', why: `the fleet has ${events} of it that its ledger lacks` };
}
