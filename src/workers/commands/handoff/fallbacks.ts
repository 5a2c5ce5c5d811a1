import type { EventData } from '../../../events/catalogue/index.ts';
import type { NamedProvider, OnLimit, TriedProvider } from '../../../events/catalogue/worker-shapes.ts';
import type { HandoverIntent } from '../../../machines/worker/commands.ts';
import type { Worker } from '../../../machines/worker/state.ts';

/** What the successor that was taken from a list does at a limit: the rest of the list, then it waits. */
export const onLimitAfter = ({ fallbacks, wait_at_most_seconds }: OnLimit, taken: NamedProvider): OnLimit => {
  const rest = after(fallbacks, taken);
  return { action: rest.length > 0 ? 'hand_over' : 'wait', fallbacks: rest, wait_at_most_seconds };
};

/** How often the start of the same successor is tried that a kill has cut off. */
const MOST_TRIES = 3;
/** The start was cut off with the process that began it: nothing speaks against this provider. */
const CUT_OFF: ReadonlySet<string> = new Set(['SPAWNER_DIED', 'REQUESTER_DIED']);

/**
 * Who takes over the work of a worker that was ended for a successor that could not be started: the same again where its
 * start was cut off, else the next that the caller has named for a limit. Null if there is none. Pure.
 */
export function successorInstead(
  { alive, onLimit }: Pick<Worker, 'alive' | 'onLimit'>,
  requests: readonly EventData<'worker.handover_requested'>[],
  { id, code, reason }: { id: string; code: string; reason: string },
): HandoverIntent | null {
  const last = requests.at(-1);
  // One that still runs keeps its work.
  if (!last || alive) return null;
  const { state: _, ...before } = last;
  const again = requests.filter(({ to }) => isSame(to, last.to)).length < MOST_TRIES;
  if (CUT_OFF.has(code) && again) return { ...before, successor: id };
  const [to] = before.because === 'limit' && onLimit ? after(onLimit.fallbacks, before.to) : [];
  const tried: TriedProvider[] = [...before.tried, { ...before.to, reason }];
  return to ? { ...before, successor: id, to, tried } : null;
}

const after = (fallbacks: readonly NamedProvider[], taken: NamedProvider): NamedProvider[] =>
  fallbacks.slice(fallbacks.findIndex((each) => isSame(each, taken)) + 1);

const isSame = (one: NamedProvider, other: NamedProvider): boolean =>
  one.provider_id === other.provider_id && one.model === other.model && one.account === other.account;
