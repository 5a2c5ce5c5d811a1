import type { Rows } from '../../projections/reader.ts';
import { usageSummary } from '../../projections/usage/usage-summary.ts';
import { DEFAULT_BACKEND, knownSummary } from '../../usage/capacity/known-summary.ts';
import type { StatusPlace } from '../../workers/queries/status.ts';
import { usageElsewhere } from '../../workers/queries/usage-elsewhere.ts';
import type { Values } from '../grammar/parse.ts';

export const tables = [usageSummary];
export const dependsOnWorkers = false;

/** `agentpool usage-summary --json`, unless it has to ask a provider or inspect this machine first. */
export function answer(rows: Rows, values: Values, place: StatusPlace): string | null {
  const { json, provider, refresh, watch, includeFakes, backend } = values;
  if (!json || provider || refresh || watch || includeFakes || backend !== DEFAULT_BACKEND) return null;
  const summary = knownSummary(rows, place, (now) => usageElsewhere(rows, place.paths, now));
  return summary && JSON.stringify(summary);
}
