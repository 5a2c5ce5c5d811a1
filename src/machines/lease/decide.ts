import type { DomainEvent, FoldedEvent } from '../../events/catalogue/index.ts';
import type { LeaseMode } from '../../events/catalogue/words.ts';
import {
  accepted,
  type Decider,
  type Decision,
  type DecisionContext,
  rejected,
} from '../../events/decider.ts';
import { isWithin } from '../../lib/files/within.ts';
import { shell } from '../../lib/text/shell.ts';
import { type LeaseSignal, type LeaseState, nextLease } from './machine.ts';

/** A path that a session may use now. */
export interface Lease {
  /** The position of the event that granted it. */
  id: number;
  sessionId: string;
  /** Relative to the repository, canonical; '' is the whole repository. */
  path: string;
  mode: LeaseMode;
  fence: number;
  /** ISO 8601; null: until it is released. */
  expiresAt: string | null;
}

/** The leases of one repository. */
export interface Leases {
  /** Oldest first. Expired leases stay here until an event records it. */
  open: readonly Lease[];
  /** Only grows, also when all leases are gone: a holder with a smaller number has been superseded. */
  lastFence: number;
}

export type LeaseCommand =
  | {
      kind: 'acquire';
      sessionId: string;
      repoPath: string;
      path: string;
      mode: LeaseMode;
      ttlSeconds: number | null;
    }
  | { kind: 'release'; leaseId: number; reason: string }
  /** Every lease on exactly this path: of one session, or of all sessions (null). */
  | { kind: 'release_path'; path: string; sessionId: string | null; reason: string }
  /** Everything that a session holds. Accepted for a session that holds nothing: ending a session may be repeated. */
  | { kind: 'release_session'; sessionId: string; reason: string }
  /** Everything that a session holds passes to the one that goes on with its work. Accepted if it holds nothing. */
  | { kind: 'hand_over'; from: string; to: string; repoPath: string }
  /** Whether the whole fleet knows it has changed: nothing else of the lease does. */
  | { kind: 'share'; leaseId: number }
  /** The fleet has given it to another machine, or may have done so. */
  | { kind: 'lose'; leaseId: number };

export type Acquire = Extract<LeaseCommand, { kind: 'acquire' }>;
type HandOver = Extract<LeaseCommand, { kind: 'hand_over' }>;

/** The stream of a repository's leases; `repoPath` canonical. */
export const leaseStream = (repoPath: string) => `leases/${repoPath}`;

/**
 * Decides which session may use which path of one repository: readers share, a writer excludes, a folder covers what is
 * below it.
 */
export const leaseDecider: Decider<Leases, LeaseCommand> = {
  initial: { open: [], lastFence: 0 },
  evolve: evolveLeases,
  decide: decideLease,
};

/** True when leasing `folder` leases `path`: by whole components, so `src/a` does not cover `src/ab`. */
export const covers = (folder: string, path: string): boolean => folder === '' || isWithin(path, folder);

/** The lease that a session has on exactly this path. */
export const heldLease = ({ open }: Leases, sessionId: string, path: string): Lease | undefined =>
  open.find((lease) => lease.sessionId === sessionId && lease.path === path);

function evolveLeases(leases: Leases, event: FoldedEvent): Leases {
  switch (event.type) {
    case 'lease.acquired': {
      const { session_id: sessionId, path, fence, expires_at: expiresAt } = event.data;
      const mode = nextLease('asked', { type: `granted_${event.data.mode}` });
      const granted =
        mode && isMode(mode) ? [{ id: event.position, sessionId, path, mode, fence, expiresAt }] : [];
      return { open: [...leases.open, ...granted], lastFence: Math.max(fence, leases.lastFence) };
    }
    case 'lease.upgraded': {
      const { lease_id, fence, expires_at: expiresAt } = event.data;
      const open = step(leases.open, lease_id, 'upgraded', { fence, expiresAt });
      return { open, lastFence: Math.max(fence, leases.lastFence) };
    }
    case 'lease.renewed': {
      const { lease_id, expires_at: expiresAt } = event.data;
      return { ...leases, open: step(leases.open, lease_id, 'renewed', { expiresAt }) };
    }
    case 'lease.released':
      return { ...leases, open: step(leases.open, event.data.lease_id, 'released') };
    case 'lease.expired':
      return { ...leases, open: step(leases.open, event.data.lease_id, 'expired') };
    default:
      return leases;
  }
}

/** Applies a signal to one lease. A lease whose machine ends is no longer open. */
function step(
  open: readonly Lease[],
  id: number,
  signal: LeaseSignal['type'],
  changes: Partial<Lease> = {},
): readonly Lease[] {
  return open.flatMap((lease) => {
    if (lease.id !== id) return lease;
    const state = nextLease(lease.mode, { type: signal }) ?? lease.mode;
    return isMode(state) ? { ...lease, ...changes, mode: state } : [];
  });
}

const isMode = (state: LeaseState): state is LeaseMode => state === 'read' || state === 'write';

function decideLease(leases: Leases, command: LeaseCommand, { now }: DecisionContext): Decision {
  switch (command.kind) {
    case 'acquire':
      return acquire(leases, command, now);
    case 'release': {
      const { leaseId, reason } = command;
      const held = leases.open.filter(({ id }) => id === leaseId);
      if (held.length > 0) return accepted(...released(held, reason));
      return noOpen(leaseId);
    }
    case 'release_path': {
      const { path, sessionId, reason } = command;
      const held = leases.open.filter(
        (lease) => lease.path === path && (sessionId === null || lease.sessionId === sessionId),
      );
      if (held.length > 0) return accepted(...released(held, reason));
      const holding = sessionId === null ? 'No session holds a lease' : `${sessionId} holds no lease`;
      return notFound(`${holding} on ${named(path)}`, { path, session_id: sessionId });
    }
    case 'release_session':
      return accepted(
        ...released(
          leases.open.filter(({ sessionId }) => sessionId === command.sessionId),
          command.reason,
        ),
      );
    case 'hand_over':
      return handOver(leases, command, now);
    case 'share':
      return ofOpen(leases, command, ({ id, expiresAt }) => ({
        type: 'lease.renewed',
        data: { lease_id: id, expires_at: expiresAt },
      }));
    case 'lose':
      return ofOpen(leases, command, ({ id }) => ({ type: 'lease.expired', data: { lease_id: id } }));
  }
}

/** One event about an open lease. */
function ofOpen(
  { open }: Leases,
  { leaseId }: { leaseId: number },
  event: (lease: Lease) => DomainEvent,
): Decision {
  const lease = open.find(({ id }) => id === leaseId);
  return lease ? accepted(event(lease)) : noOpen(leaseId);
}

const noOpen = (leaseId: number) => notFound(`There is no open lease ${leaseId}`, { lease_id: leaseId });

/** Released and granted in one decision: no third session can come between. Each grant has a higher fence. */
function handOver({ open, lastFence }: Leases, { from, to, repoPath }: HandOver, now: Date): Decision {
  if (from === to) return accepted();
  const expired = open.filter((lease) => hasExpired(lease, now));
  const active = open.filter((lease) => !hasExpired(lease, now));
  const held = active.filter(({ sessionId }) => sessionId === from);
  // Both may read a path.
  const isNew = ({ path }: Lease) => !active.some((lease) => lease.sessionId === to && lease.path === path);
  return accepted(
    ...expired.map(({ id }): DomainEvent => ({ type: 'lease.expired', data: { lease_id: id } })),
    ...released(held, `handed over to ${to}`),
    ...held.filter(isNew).map(
      ({ path, mode, expiresAt }, index): DomainEvent => ({
        type: 'lease.acquired',
        data: {
          session_id: to,
          repo_path: repoPath,
          path,
          mode,
          fence: lastFence + 1 + index,
          expires_at: expiresAt,
        },
      }),
    ),
  );
}

function acquire({ open, lastFence }: Leases, command: Acquire, now: Date): Decision {
  const { sessionId, path, mode, repoPath } = command;
  const overlapping = open.filter((lease) => covers(lease.path, path) || covers(path, lease.path));
  const expired = overlapping.filter((lease) => hasExpired(lease, now));
  const active = overlapping.filter((lease) => !hasExpired(lease, now));
  const blocking = active.find(
    (lease) => lease.sessionId !== sessionId && (mode === 'write' || lease.mode === 'write'),
  );
  if (blocking) return conflict(blocking, command, now);

  const cleared = expired.map(({ id }): DomainEvent => ({ type: 'lease.expired', data: { lease_id: id } }));
  const requestedEnd = command.ttlSeconds === null ? null : later(now, command.ttlSeconds);
  const fence = lastFence + 1;
  const own = active.find((lease) => lease.sessionId === sessionId && lease.path === path);
  if (!own) {
    const data = { session_id: sessionId, repo_path: repoPath, path, mode, fence, expires_at: requestedEnd };
    return accepted(...cleared, { type: 'lease.acquired', data });
  }
  const expires_at = laterEnd(own.expiresAt, requestedEnd);
  if (mode === 'write' && nextLease(own.mode, { type: 'upgraded' })) {
    return accepted(...cleared, { type: 'lease.upgraded', data: { lease_id: own.id, fence, expires_at } });
  }
  return accepted(...cleared, { type: 'lease.renewed', data: { lease_id: own.id, expires_at } });
}

const hasExpired = ({ expiresAt }: Lease, now: Date) => expiresAt !== null && expiresAt <= now.toISOString();

const later = (now: Date, seconds: number) => new Date(now.getTime() + seconds * 1000).toISOString();

/** Acquiring a path again never shortens the lease. Null means no end. */
const laterEnd = (a: string | null, b: string | null) => (a === null || b === null ? null : a > b ? a : b);

const released = (held: readonly Lease[], reason: string): DomainEvent[] =>
  held.map(({ id }) => ({ type: 'lease.released', data: { lease_id: id, reason } }));

const named = (path: string) => path || 'the repository';

/** `a.ts is leased by ap_3f2 until 14:05 UTC (write). Wait for it, or: …` */
function conflict(held: Lease, { path, repoPath }: Acquire, now: Date): Decision {
  const { sessionId: holder, mode, expiresAt: until, id: lease_id } = held;
  const through = held.path === path ? '' : ` through ${named(held.path)}`;
  const ends = until === null ? 'until it is released' : `until ${timeOfDay(until, now)}`;
  const example = shell`agentpool leases list --repo ${repoPath}`;
  return rejected(
    'LEASE_CONFLICT',
    `${named(path)} is leased by ${holder}${through} ${ends} (${mode}). Wait for it, or: ${example}`,
    { path, holder, mode, until, lease_id, held_path: held.path, example },
  );
}

/** The time of day in UTC, with the date when it is not today's: a decision does not know the reader's time zone. */
function timeOfDay(until: string, now: Date): string {
  const time = `${until.slice(11, 16)} UTC`;
  return until.slice(0, 10) === now.toISOString().slice(0, 10) ? time : `${until.slice(0, 10)} ${time}`;
}

function notFound(what: string, details: Record<string, unknown>): Decision {
  return rejected('LEASE_NOT_FOUND', `${what}. To list the leases: agentpool leases list`, {
    ...details,
    example: 'agentpool leases list',
  });
}

const SIGNALS: { [T in DomainEvent['type']]?: LeaseSignal['type'] } = {
  'lease.upgraded': 'upgraded',
  'lease.renewed': 'renewed',
  'lease.released': 'released',
  'lease.expired': 'expired',
};

/** Why an event cannot have happened to these leases; null when it can. Pure. */
export function checkLease(leases: Leases, event: DomainEvent): string | null {
  const { data } = event;
  if ('fence' in data && data.fence <= leases.lastFence) {
    return `fence ${data.fence} is not higher than ${leases.lastFence}`;
  }
  const signal = SIGNALS[event.type];
  if (!signal || !('lease_id' in data)) return null;
  const lease = leases.open.find(({ id }) => id === data.lease_id);
  if (!lease) return `there is no open lease ${data.lease_id}`;
  return nextLease(lease.mode, { type: signal }) ? null : `a ${lease.mode} lease cannot be ${signal}`;
}
