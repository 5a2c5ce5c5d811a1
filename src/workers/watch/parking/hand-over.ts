import type { OnLimit, TriedProvider } from '../../../events/catalogue/worker-shapes.ts';
import type { SessionRow } from '../../../projections/sessions/queries.ts';
import type { WatchContext } from '../../core/record.ts';

export interface HandedOver {
  /** Who has taken over; null if no fallback has headroom. */
  handed: { successor: string } | null;
  /** The fallbacks that were considered, and why none was taken. */
  tried: TriedProvider[];
}

/** Hands the work of a worker that stopped at a limit over to the first of the caller's fallbacks that has headroom. */
export async function handOverAtLimit(
  _app: WatchContext,
  _session: SessionRow,
  _onLimit: OnLimit,
): Promise<HandedOver> {
  return { handed: null, tried: [] };
}
