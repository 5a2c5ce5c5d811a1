import { activity } from './activity.ts';
import { leases } from './leases.ts';
import { listedModels } from './listed-models.ts';
import type { Projection } from './projection.ts';
import { sessions } from './sessions.ts';
import { timeline } from './timeline.ts';
import { usageSummary } from './usage-summary.ts';
import { watchers } from './watchers.ts';

/** Every read model of the ledger. */
export const projections: readonly Projection[] = [
  sessions,
  timeline,
  activity,
  leases,
  usageSummary,
  listedModels,
  watchers,
];
