import type { Paths } from '../../config/paths.ts';
import { fleetNameIn } from '../../projections/membership.ts';
import type { Rows } from '../../projections/reader.ts';
import type { UsageElsewhere } from '../../usage/capacity/elsewhere.ts';
import { usageOfOthers } from './fleet/usage-of-others.ts';

/** What the other machines of the fleet know of limits. Opens no file where this machine is in none. */
export function usageElsewhere(rows: Rows, { fleet }: Pick<Paths, 'fleet'>, now: Date): UsageElsewhere[] {
  const self = fleetNameIn(rows);
  return self === null ? [] : usageOfOthers(fleet, self.machine_id, now);
}
