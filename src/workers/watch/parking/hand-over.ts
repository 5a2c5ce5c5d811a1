import type { OnLimit, TriedProvider } from '../../../events/catalogue/worker-shapes.ts';
import type { SessionRow } from '../../../projections/sessions/queries.ts';
import type { WatchContext } from '../../core/record.ts';

export interface HandedOver {
  /** Whether another worker has taken over: this one is not parked then. */
  done: boolean;
  /** The fallbacks that were considered, and why none was taken. */
  tried: TriedProvider[];
}

/** Hands the work of a worker that stopped at a limit over to the first of the caller's fallbacks that has headroom. */
export async function handOverAtLimit(
  _app: WatchContext,
  _session: SessionRow,
  _onLimit: OnLimit,
): Promise<HandedOver> {
  return { done: false, tried: [] };
}
