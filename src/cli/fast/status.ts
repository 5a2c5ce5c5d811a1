import type { Rows } from '../../projections/reader.ts';
import { sessions } from '../../projections/sessions/sessions.ts';
import { usageSummary } from '../../projections/usage/usage-summary.ts';
import { watchers } from '../../projections/watchers.ts';
import { plainLines } from '../../report/text/plain.ts';
import { current, type StatusPlace, statusOf, withoutTrend } from '../../workers/queries/status.ts';
import type { Values } from '../grammar/parse.ts';

export const tables = [sessions, usageSummary, watchers];
export const dependsOnWorkers = true;
export const worksWithoutLedger = true;

/**
 * `agentpool` alone and `agentpool status`, also without --json: people type it often. Does not create a missing home.
 */
export async function answer(rows: Rows, values: Values, place: StatusPlace): Promise<string> {
  const now = new Date();
  if (values.json || values.plain) {
    const status = statusOf(rows, place, withoutTrend(rows, place, now), now);
    return values.json ? JSON.stringify(status) : plainLines(status).join('\n');
  }
  // Only a terminal needs tables and colours.
  const { statusLines } = await import('../../report/views/status.ts');
  const capacity = current(rows, place, now);
  return statusLines(statusOf(rows, place, capacity, now), capacity, process.stdout).join('\n');
}
