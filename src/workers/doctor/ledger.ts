import { existsSync } from 'node:fs';
import { dirname } from 'node:path';
import type { Paths } from '../../config/paths.ts';
import { GENESIS, hashVersion } from '../../events/store/hash.ts';
import { explain } from '../../events/store/open.ts';
import type { EventStore } from '../../events/store/store.ts';
import { pageFault } from '../../events/store/verify.ts';
import { verifyWholeLog } from '../../events/verification/whole.ts';
import { AgentPoolError } from '../../lib/errors.ts';
import { shell } from '../../lib/text/shell.ts';
import { type Ledger, openLedger } from '../../projections/projector/ledger.ts';
import type { WatchFault } from '../../projections/sessions/schema.ts';
import { assertNotEmptied } from '../core/context.ts';
import { broken, doubtful, type Finding, fine } from '../core/setup/finding.ts';

const TAIL = 1000;

export interface Examined {
  findings: Finding[];
  /** Open, for further checks; the caller closes it. Null if there is none, or it cannot be opened. */
  ledger: Ledger | null;
}

/** Checks that the ledger opens and that its chain holds: of the last 1000 events, or of all with `whole`. */
export function checkLedger(
  paths: Pick<Paths, 'ledger' | 'artifacts'>,
  { whole }: { whole: boolean },
): Examined {
  if (!existsSync(paths.ledger)) {
    return { findings: [fine('ledger', 'does not exist yet; the first spawn creates it')], ledger: null };
  }
  let ledger: Ledger;
  try {
    assertNotEmptied(paths);
    ledger = openLedger(paths.ledger);
  } catch (error) {
    return { findings: [unusable(error, paths.ledger)], ledger: null };
  }
  try {
    return { findings: [checkChain(ledger.store, whole), ...readOnlyFinding(ledger.store)], ledger };
  } catch (error) {
    return { findings: [unusable(error, paths.ledger)], ledger };
  }
}

const readOnlyFinding = ({ readOnly, file }: EventStore): Finding[] =>
  readOnly === null
    ? []
    : [
        doubtful(
          'ledger',
          `may only be read (${readOnly}): queries work, but no worker can be spawned or steered`,
          shell`ls -ld ${dirname(file)} ${file}`,
        ),
      ];

function unusable(thrown: unknown, file: string): Finding {
  const error = explain(file, thrown);
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
  const fault = whole
    ? store.reading(() => pageFault(store) ?? verifyWholeLog(store).fault)
    : brokenLink(store, last);
  if (fault) {
    const found =
      fault.position === 0
        ? fault.reason.replaceAll(/\s+/g, ' ')
        : `the chain breaks at position ${fault.position}: ${fault.reason}`;
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
    if (previous && hashVersion(previous, event) === null) {
      return { position: event.position, reason: 'its hash does not follow from its content' };
    }
    previous = Buffer.from(event.hash, 'hex');
  }
  return null;
}

/** A finding for each worker that the watcher fails to watch. */
export const unwatched = (faults: ReadonlyMap<string, WatchFault>): Finding[] =>
  [...faults].map(([id, { since, error }]) =>
    broken(
      'watch',
      `${id} is not watched since ${since}: ${error}`,
      // A new watcher begins with fresh state.
      'agentpool watcher stop',
      shell`agentpool attach ${id}`,
    ),
  );

function checkQueue(queued: number, { watched, enabled }: { watched: boolean; enabled: boolean }): Finding {
  const waiting = queued === 1 ? '1 queued worker' : `${queued} queued workers`;
  if (watched) return fine('watcher', `waits to start ${waiting}`);
  if (!enabled)
    return doubtful('watcher', `switched off in the config, so nothing starts ${waiting}`, 'agentpool queue');
  return doubtful(
    'watcher',
    `not running, although it has to start ${waiting}; the next command starts it`,
    'agentpool queue',
  );
}

/** Compares the live workers of the ledger with what the caller found in the process table. */
export function checkWatch(facts: {
  live: number;
  /** How many requests wait for their start. */
  queued: number;
  watched: boolean;
  sound: boolean;
  enabled: boolean;
  /** The process of the watcher that the ledger names, if it exists. */
  running: number | null;
  /** How many events the watcher keeps in memory, because the ledger cannot be written. */
  waiting: number;
}): Finding {
  const { live, queued, watched, sound, enabled, running, waiting } = facts;
  if (waiting > 0)
    return broken(
      'watcher',
      `the ledger cannot be written: the watcher keeps ${waiting === 1 ? '1 event' : `${waiting} events`} in memory, and appends them when it can`,
      'df -h',
      'agentpool watcher log',
    );
  if (queued > 0 && live === 0) return checkQueue(queued, { watched, enabled });
  if (live === 0) return fine('watcher', 'not needed: no worker is alive');
  const workers = live === 1 ? '1 worker' : `${live} workers`;
  if (!enabled)
    return doubtful(
      'watcher',
      `switched off in the config, with ${workers} alive: their end is recorded when you observe`,
    );
  if (!watched && running !== null)
    return doubtful(
      'watcher',
      `process ${running} does not respond, although ${workers} should be alive; the next command starts another`,
      'agentpool sessions',
    );
  if (!watched)
    return doubtful('watcher', `not running, although ${workers} should be alive`, 'agentpool sessions');
  if (!sound)
    return doubtful('watcher', 'the ledger has live workers whose terminal is gone', 'agentpool sessions');
  return fine('watcher', `watches ${workers}`);
}
