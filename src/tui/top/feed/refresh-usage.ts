import { monotonic } from '../../../lib/time/monotonic.ts';
import { interactiveAllowed } from '../../../usage/asking/probe.ts';
import { DEFAULT_BACKEND } from '../../../usage/capacity/known-summary.ts';
import type { AppContext } from '../../../workers/core/context.ts';
import { usageSummaryOf } from '../../../workers/queries/usage.ts';

/** How long the answers of the providers may take, in milliseconds. */
const WAIT_MS = 20_000;

interface Refreshing {
  /** Whether all are asked now; else only those whose answer is older than the policy allows. */
  refresh: boolean;
  /** Called with those that have not answered yet. */
  onWaiting?: (providers: readonly string[]) => void;
}

/** Asks providers what is left, as `agentpool usage-summary` does. False if one has not answered in time. */
export async function refreshUsage(app: AppContext, { refresh, onWaiting }: Refreshing): Promise<boolean> {
  const { partial } = await usageSummaryOf(app, {
    providers: null,
    backend: DEFAULT_BACKEND,
    interactive: interactiveAllowed(app.env, true),
    refresh,
    until: monotonic() + WAIT_MS,
    onProgress: (_, waiting) => onWaiting?.(waiting),
  });
  return !partial;
}
