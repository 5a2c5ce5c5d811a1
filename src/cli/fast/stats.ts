import { CLI_COORDINATOR, coordinatorIn } from '../../config/coordinator.ts';
import type { Rows } from '../../projections/reader.ts';
import { sessions } from '../../projections/sessions/sessions.ts';
import { activity } from '../../projections/stats/activity.ts';
import { usageSummary } from '../../projections/usage/usage-summary.ts';
import { watchers } from '../../projections/watchers.ts';
import { type StatsRequest, stats } from '../../workers/queries/stats/stats.ts';
import type { StatusPlace } from '../../workers/queries/status.ts';
import type { Values } from '../grammar/parse.ts';

export const tables = [sessions, activity, usageSummary, watchers];
export const dependsOnWorkers = true;

/** `agentpool stats --json` */
export async function answer(rows: Rows, values: Values, place: StatusPlace): Promise<string | null> {
  if (!values.json || values.share !== undefined || values.allMachines) return null;
  const reading = <T>(ask: () => T) => ask();
  const coordinator = coordinatorIn(place.env) ?? CLI_COORDINATOR;
  const given = { ...place, rows, reading, coordinator };
  return JSON.stringify(await stats(given, values as StatsRequest, new Date()));
}
