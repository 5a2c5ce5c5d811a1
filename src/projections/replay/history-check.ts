import { decodeFolded, type FoldedEvent, isUnreadable } from '../../events/catalogue/index.ts';
import type { FoldedRow } from '../../events/event.ts';
import type { Connection } from '../../events/store/connection.ts';
import type { Rows } from '../../events/store/log-queries.ts';
import { errorMessage } from '../../lib/errors.ts';
import { checkLease, type Leases, leaseDecider } from '../../machines/lease/decide.ts';
import { projections } from '../projector/all.ts';
import { sessionId, stateIn } from '../sessions/changes.ts';
import type { VerificationCounts } from './check-schema.ts';
import { type Handovers, LineageCheck } from './lineage-check.ts';
import { type Divergence, disagreement, WorkerReplay } from './replay.ts';
import { rowsOf, type Share } from './share.ts';
import { FreshFold, type RowFilter } from './table-check.ts';

/** What a check of a share found, for the check of the other share. */
export interface ShareResult {
  counts: VerificationCounts;
  handovers: Handovers;
}

/** The column of a table that holds the session id. */
const OWNER: Record<string, string> = { sessions: 'id', leases: 'session_id' };

/**
 * Runs the current machines and projections over a history, and compares their results with what was
 * recorded at the time: every state on the way, and every row at the end. Feed it stored events in order; whole
 * streams, any number of them.
 */
export class HistoryCheck implements Rows {
  readonly counts: VerificationCounts = { workers: 0, events: 0, unreadable: {} };
  readonly lineage = new LineageCheck();
  readonly #fold: FreshFold;
  readonly #workers = new Map<string, WorkerReplay>();
  readonly #leases = new Map<string, Leases>();
  readonly #versions = new Map<string, number>();
  readonly #lastOf = new Map<string, FoldedRow>();

  readonly #share: Share;

  /**
   * `hold` as in `FreshFold`: then an event that no table can take may be named at a later one. With a `share`, only its
   * events are fed, and only its rows compared.
   */
  constructor({ hold = false, share = 'all' }: { hold?: boolean; share?: Share } = {}) {
    this.#share = share;
    this.#fold = new FreshFold(projections, { hold });
  }

  /** The first divergence at this event, or null. */
  next(stored: FoldedRow): Divergence | null {
    this.counts.events += 1;
    const gap = this.#gap(stored);
    const event = decodeFolded(stored);
    if (isUnreadable(event)) {
      const name = `${event.type} (${event.reason})`;
      this.counts.unreadable[name] = (this.counts.unreadable[name] ?? 0) + 1;
      return gap;
    }
    this.lineage.next(event);
    const refused = this.#machine(event);
    // The live tables contain the event even if the machine refuses it.
    const unreported = this.#tables(event);
    return gap ?? refused ?? unreported;
  }

  /** The first difference between the live tables and this fold, in the rows of one session or in all rows. */
  compare(live: Connection, session?: string): Divergence | null {
    const fault = session
      ? this.#fold.firstDifference(live, (table) => owned(table, session))
      : this.#fold.firstDifference(live, (_, projection) => rowsOf(this.#share, projection));
    if (!fault) return null;
    const { table, expected, actual } = fault;
    const row = (expected ?? actual) as Record<string, unknown>;
    const owner = OWNER[table] ? String(row[OWNER[table]]) : '';
    const column = differing(expected, actual);
    const message = column
      ? `${table}.${column}${owner && ` of ${owner}`} is not what the events give`
      : `${table} ${expected ? 'lacks a row' : 'has a row too many'}${owner && ` of ${owner}`}`;
    const pick = (side: unknown) => (column ? (side as Record<string, unknown>)[column] : side);
    const last = this.#lastOf.get(`worker/${owner}`) ?? null;
    return disagreement('table', message, pick(expected), pick(actual), last);
  }

  /** Adds what the check of the other share found. */
  add({ counts, handovers }: ShareResult): void {
    this.counts.workers += counts.workers;
    this.counts.events += counts.events;
    for (const [name, count] of Object.entries(counts.unreadable))
      this.counts.unreadable[name] = (this.counts.unreadable[name] ?? 0) + count;
    this.lineage.add(handovers);
  }

  /** Whether the tables take every event: with `hold`, one that they refuse may be found only now. */
  settles(): boolean {
    try {
      this.#fold.settle();
      return true;
    } catch {
      return false;
    }
  }

  /** Queries the folded tables. */
  all<Row>(sql: string, ...values: unknown[]): Row[] {
    return this.#fold.connection.prepare(sql).all(...values) as Row[];
  }

  get<Row>(sql: string, ...values: unknown[]): Row | undefined {
    return this.#fold.connection.prepare(sql).get(...values) as Row | undefined;
  }

  close(): void {
    this.#fold.close();
  }

  #gap(stored: FoldedRow): Divergence | null {
    const { stream_id, stream_version } = stored;
    const due = (this.#versions.get(stream_id) ?? 0) + 1;
    this.#versions.set(stream_id, stream_version);
    this.#lastOf.set(stream_id, stored);
    if (stream_version === due) return null;
    const message = `${stream_id} goes on with version ${stream_version}, ${due} is due`;
    return disagreement('log', message, due, stream_version, stored);
  }

  #machine(event: FoldedEvent): Divergence | null {
    if (event.stream_id.startsWith('worker/')) return this.#worker(event);
    if (event.stream_id.startsWith('leases/')) return this.#lease(event);
    return null;
  }

  #worker(event: FoldedEvent): Divergence | null {
    let replay = this.#workers.get(event.stream_id);
    if (!replay) {
      replay = new WorkerReplay();
      this.#workers.set(event.stream_id, replay);
      this.counts.workers += 1;
    }
    return replay.next(event).divergence;
  }

  #lease(event: FoldedEvent): Divergence | null {
    const leases = this.#leases.get(event.stream_id) ?? leaseDecider.initial;
    this.#leases.set(event.stream_id, leaseDecider.evolve(leases, event));
    const objection = checkLease(leases, event);
    if (!objection) return null;
    return disagreement(
      'machine',
      `the machine refuses this event: ${objection}`,
      `no ${event.type}`,
      event.type,
      event,
    );
  }

  /** Folds the event, and compares the resulting row with the state that the event carries. */
  #tables(event: FoldedEvent): Divergence | null {
    try {
      this.#fold.fold(event);
    } catch (error) {
      const reason = errorMessage(error);
      return disagreement('table', `no table can take this event: ${reason}`, event.type, reason, event);
    }
    if (!event.stream_id.startsWith('worker/') || !('state' in event.data)) return null;
    const { state } = event.data;
    const id = sessionId(event);
    const recorded = stateIn(this.#fold.tables, id);
    if (recorded === state) return null;
    const message = `the row of ${id} says ${recorded ?? 'nothing'} after an event that led to ${state}`;
    return disagreement('table', message, state, recorded ?? null, event);
  }
}

function owned(table: string, session: string): RowFilter | 'none' {
  const column = OWNER[table];
  return column ? { sql: `${column} = ?`, values: [session] } : 'none';
}

/** The first column in which two rows differ; null if one of them is missing. */
function differing(expected: unknown, actual: unknown): string | null {
  if (!expected || !actual) return null;
  const [left, right] = [expected, actual] as Record<string, unknown>[];
  return Object.keys(left ?? {}).find((column) => left?.[column] !== right?.[column]) ?? null;
}
