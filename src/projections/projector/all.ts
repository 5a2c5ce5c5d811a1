import { fleetLeases } from '../leases/fleet-leases.ts';
import { leases } from '../leases/leases.ts';
import { listedModels } from '../listed-models.ts';
import type { Projection } from '../projection.ts';
import { sessions } from '../sessions/sessions.ts';
import { activity } from '../stats/activity.ts';
import { steering } from '../steering/steering.ts';
import { undelivered } from '../undelivered.ts';
import { usageSummary } from '../usage/usage-summary.ts';
import { watchFaults } from '../watch-faults.ts';
import { watchers } from '../watchers.ts';

/** Every read model of the ledger. */
export const projections: readonly Projection[] = [
  sessions,
  activity,
  leases,
  fleetLeases,
  usageSummary,
  listedModels,
  watchers,
  watchFaults,
  undelivered,
  steering,
];
