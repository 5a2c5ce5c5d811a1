import { existsSync } from 'node:fs';
import { chainHash, GENESIS } from '../../events/store/hash.ts';
import type { EventStore } from '../../events/store/store.ts';
import { verifyLog } from '../../events/store/verify.ts';
import { AgentPoolError } from '../../lib/errors.ts';
import { type Ledger, openLedger } from '../../projections/projector/ledger.ts';
import { broken, doubtful, type Finding, fine } from '../core/finding.ts';

const TAIL = 1000;

export interface Examined {
  findings: Finding[];
  /** Open, for further checks; the caller closes it. Null if there is none, or it cannot be opened. */
  ledger: Ledger | null;
}

/** Checks that the ledger opens and that its chain holds: of the last 1000 events, or of all with `whole`. */
export function checkLedger(file: string, { whole }: { whole: boolean }): Examined {
  if (!existsSync(file)) {
    return { findings: [fine('ledger', 'does not exist yet; the first spawn creates it')], ledger: null };
  }
  let ledger: Ledger;
  try {
    ledger = openLedger(file);
  } catch (error) {
    return { findings: [unusable(error)], ledger: null };
  }
  try {
    return { findings: [checkChain(ledger.store, whole)], ledger };
  } catch (error) {
    return { findings: [unusable(error)], ledger };
  }
}

function unusable(error: unknown): Finding {
  if (!(error instanceof AgentPoolError)) throw error;
  const { message, details } = error;
  return broken(
    'ledger',
    message,
    ...(details.example && details.example !== 'agentpool doctor' ? [details.example] : []),
  );
}

function checkChain(store: EventStore, whole: boolean): Finding {
  const last = store.lastPosition();
  if (last === 0) return fine('ledger', 'opens; no events yet');
  const fault = whole ? store.reading(() => verifyLog(store.read())).fault : brokenLink(store, last);
  if (fault) {
    const found = `the chain breaks at position ${fault.position}: ${fault.reason}`;
    return broken('ledger', found, 'agentpool ledger verify');
  }
  const extent = whole || last <= TAIL ? 'of all of them holds' : `of the last ${TAIL} holds`;
  return fine('ledger', `${last === 1 ? '1 event' : `${last} events`}, the chain ${extent}`);
}

/** The first of the last events that does not follow from its predecessor. */
function brokenLink(store: EventStore, last: number): { position: number; reason: string } | null {
  const from = Math.max(1, last - TAIL);
  // The event before the first one to check is taken as correct.
  let previous = from === 1 ? GENESIS : null;
  let due = from;
  for (const event of store.readAll({ from })) {
    if (event.position !== due) return { position: due, reason: 'it is missing' };
    due += 1;
    if (previous && chainHash(previous, event).toString('hex') !== event.hash) {
      return { position: event.position, reason: 'its hash does not follow from its content' };
    }
    previous = Buffer.from(event.hash, 'hex');
  }
  return null;
}

/** Compares the live workers of the ledger with what the caller found in the process table. */
export function checkWatch(facts: {
  live: number;
  watched: boolean;
  sound: boolean;
  enabled: boolean;
}): Finding {
  const { live, watched, sound, enabled } = facts;
  if (live === 0) return fine('watcher', 'not needed: no worker is alive');
  const workers = live === 1 ? '1 worker' : `${live} workers`;
  if (!enabled)
    return doubtful(
      'watcher',
      `switched off in the config, with ${workers} alive: their end is recorded when you observe`,
    );
  if (!watched)
    return doubtful('watcher', `not running, although ${workers} should be alive`, 'agentpool sessions');
  if (!sound)
    return doubtful('watcher', 'the ledger has live workers whose terminal is gone', 'agentpool sessions');
  return fine('watcher', `watches ${workers}`);
}
