import type { WorkerState } from '../../src/events/catalogue/words.ts';

export interface Course {
  /** How many of a deal of all kinds are of this one. */
  weight: number;
  /** The least and the most that it may have to wait for, in seconds. */
  waitS: readonly [least: number, most: number];
  /** The state in which each of its workers ends, in the order in which they start. */
  ends: readonly WorkerState[];
}

const BRIEF = [0, 0] as const;

/** The courses of a soak's workers; `courses.ts` says what is done in each. */
export const KINDS = {
  completes: { weight: 3, waitS: BRIEF, ends: ['COMPLETED'] },
  exits: { weight: 1, waitS: BRIEF, ends: ['COMPLETED'] },
  asks: { weight: 2, waitS: BRIEF, ends: ['COMPLETED'] },
  approves: { weight: 1, waitS: BRIEF, ends: ['COMPLETED'] },
  chooses: { weight: 1, waitS: BRIEF, ends: ['COMPLETED'] },
  parks: { weight: 2, waitS: [10, 90], ends: ['COMPLETED'] },
  stops: { weight: 1, waitS: BRIEF, ends: ['CANCELLED'] },
  prints: { weight: 2, waitS: BRIEF, ends: ['COMPLETED'] },
  spins: { weight: 1, waitS: BRIEF, ends: ['COMPLETED'] },
  crashes: { weight: 1, waitS: BRIEF, ends: ['FAILED'] },
  // Its time begins with its request: less would be up before it has started on a loaded machine.
  hangs: { weight: 1, waitS: [40, 70], ends: ['FAILED'] },
  terminated: { weight: 1, waitS: BRIEF, ends: ['CANCELLED'] },
  orphans: { weight: 1, waitS: BRIEF, ends: ['CANCELLED'] },
  patches: { weight: 2, waitS: BRIEF, ends: ['COMPLETED'] },
  leaves: { weight: 1, waitS: BRIEF, ends: ['COMPLETED'] },
  handed: { weight: 1, waitS: BRIEF, ends: ['CANCELLED', 'COMPLETED'] },
  queued: { weight: 1, waitS: [5, 40], ends: ['COMPLETED'] },
  dequeued: { weight: 1, waitS: BRIEF, ends: ['CANCELLED'] },
  resumed: { weight: 1, waitS: BRIEF, ends: ['COMPLETED'] },
} as const satisfies Record<string, Course>;

export type Kind = keyof typeof KINDS;
export const kindNames = Object.keys(KINDS) as Kind[];

/** The kind that leaves its worktree as it is, with changes that are in no commit: gc must keep it and its artifacts. */
export const KEPT: Kind = 'leaves';

export interface Ended {
  id: string;
  kind: Kind;
  /** Its place among the workers of its course. */
  place: number;
}

/** What is wrong with how a worker has ended; null if it is as its kind says. */
export function unexpectedEnd(
  { id, kind, place }: Ended,
  found: { state: string; alive: boolean } | undefined,
): string | null {
  const wanted = (KINDS[kind] as Course).ends[place];
  if (!found) return `${id} (${kind}): the ledger does not know it`;
  if (found.alive) return `${id} (${kind}): it is alive in the state ${found.state}`;
  return found.state === wanted ? null : `${id} (${kind}): it is ${found.state}, not ${wanted}`;
}
