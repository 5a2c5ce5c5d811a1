import type { RunExit } from '../watch/run/run.ts';

/** The progress of a task. */
export type Standing =
  /** No worker was started for it. */
  | { kind: 'open' }
  /** A worker is being started for it, or works. */
  | { kind: 'working' }
  /** Its worker waits for an answer, and keeps running. */
  | { kind: 'asking'; exit: 'question' | 'approval' }
  /** Its worker has ended its turn; the work is not collected, or the worker still has to be ended. */
  | { kind: 'ending'; exit: RunExit }
  | { kind: 'done'; exit: RunExit | 'not_started' };

export interface StandingTask {
  name: string;
  provider: string;
  standing: Standing;
}

export interface Places {
  /** How many workers of a provider may work at once. */
  parallel(provider: string): number;
  /** How many more workers the policy allows at this moment. */
  places: number;
  /** Whether workers of others work: when they end, there are more places. */
  othersWork: boolean;
}

export interface NextSteps {
  /** The names of the tasks to start now, in their order. */
  start: string[];
  /** Those whose work is to be collected now. */
  collect: string[];
  /** Nothing more happens by itself: every task is done, waits for an answer, or finds no place. */
  isOver: boolean;
}

/**
 * What to do next for the tasks of a file. A worker that waits for an answer leaves its place to the next task: it uses
 * nothing of its subscription. Pure.
 */
export function planNext(
  tasks: readonly StandingTask[],
  { parallel, places, othersWork }: Places,
): NextSteps {
  const working = new Map<string, number>();
  for (const { provider, standing } of tasks)
    if (standing.kind === 'working') working.set(provider, (working.get(provider) ?? 0) + 1);
  const start: string[] = [];
  for (const { name, provider, standing } of tasks) {
    if (standing.kind !== 'open' || start.length >= places) continue;
    const count = working.get(provider) ?? 0;
    if (count >= parallel(provider)) continue;
    working.set(provider, count + 1);
    start.push(name);
  }
  const having = (kind: Standing['kind']) => tasks.filter(({ standing }) => standing.kind === kind);
  const collect = having('ending').map(({ name }) => name);
  const isMoving = start.length + collect.length + having('working').length > 0;
  const waitsForOthers = having('open').length > 0 && othersWork;
  return { start, collect, isOver: !isMoving && !waitsForOthers };
}

/** What a run of several tasks is called by its exit code, the first that is true of any task. */
const BY_URGENCY = [
  'interrupted',
  'question',
  'approval',
  'not_started',
  'failed',
  'limit',
  'timeout',
] as const satisfies readonly (RunExit | 'not_started')[];

/** How a run of several tasks ended: `completed` only if all of them are. */
export const batchExit = (exits: readonly (RunExit | 'not_started')[]): RunExit | 'not_started' =>
  BY_URGENCY.find((exit) => exits.includes(exit)) ?? 'completed';
