import { askEach, type OtherMachine, otherMachines } from '../../../fleet/replicas/others.ts';
import type { KnownUsage } from '../../../projections/usage/queries.ts';
import { knownUsage } from '../../../projections/usage/queries.ts';
import { usageSummary } from '../../../projections/usage/usage-summary.ts';
import type { UsageElsewhere } from '../../../usage/capacity/elsewhere.ts';
import { shifted } from './times.ts';

/**
 * What the other machines of the fleet know of limits: a row for each account in the log of each. The build makes a bundle
 * of it, so that a machine without a fleet does not load it.
 */
export const usageOfOthers = (folder: string, machineId: string, now: Date): UsageElsewhere[] =>
  askEach(folder, otherMachines({ folder, machineId, now }), [usageSummary], (rows, machine) =>
    knownUsage(rows).map((known) => ({ machine: machine.name, known: byThisClock(known, machine) })),
  ).flatMap(({ value }) => value ?? []);

/** The resets of limits are of no machine's clock. */
const byThisClock = (known: KnownUsage, { shiftMs }: OtherMachine): KnownUsage => ({
  ...known,
  latest: sampleAt(known.latest, shiftMs),
  good: sampleAt(known.good, shiftMs),
  warned: sampleAt(known.warned, shiftMs),
});

const sampleAt = (sample: KnownUsage['good'], ms: number): KnownUsage['good'] =>
  sample && {
    ...sample,
    checked_at: shifted(sample.checked_at, ms),
    observed_at: shifted(sample.observed_at, ms),
  };
