import type { UsageSummary } from '../../usage/capacity/schema.ts';
import { type SummaryOptions, usageSummary } from '../../usage/capacity/summary.ts';
import type { AppContext } from '../core/context.ts';
import { usageElsewhere } from './usage-elsewhere.ts';

/** Which providers are usable now, as far as any machine of the fleet knows. */
export const usageSummaryOf = (
  app: AppContext,
  request: Omit<SummaryOptions, 'elsewhere'>,
): Promise<UsageSummary> =>
  usageSummary(app, { ...request, elsewhere: (now) => usageElsewhere(app.ledger, app.paths, now) });
