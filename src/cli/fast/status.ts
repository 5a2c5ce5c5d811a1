import { existsSync } from 'node:fs';
import { loadConfig } from '../../config/load.ts';
import { type Env, homeFolder } from '../../config/paths.ts';
import { openReader, type Reader } from '../../projections/reader.ts';
import { sessions } from '../../projections/sessions/sessions.ts';
import { usageSummary } from '../../projections/usage/usage-summary.ts';
import { watchers } from '../../projections/watchers.ts';
import { plainLines } from '../../report/text/plain.ts';
import { isUpToDate } from '../../workers/core/liveness.ts';
import { current, noRows, type StatusPlace, statusOf, withoutTrend } from '../../workers/queries/status.ts';
import { print } from './print.ts';

/**
 * `agentpool` alone and `agentpool status` by the short way, in words too: it is what people type to see whether
 * something waits. A home that is not there is not made. False where the long way has to record facts first.
 */
export async function quickStatus(words: readonly string[], env: Env): Promise<boolean> {
  if (words.length > 1 || !['', '--json', '--plain'].includes(words[0] ?? '')) return false;
  const place: StatusPlace = { ...(await loadConfig(homeFolder(env), env)), env };
  const isThere = existsSync(place.paths.ledger);
  const reader = isThere ? openReader(place.paths.ledger, [sessions, usageSummary, watchers]) : null;
  if (isThere && (!reader || !isUpToDate(reader))) {
    reader?.close();
    return false;
  }
  print(`${await reported(reader, place, words[0] ?? '')}\n`);
  reader?.close();
  return true;
}

async function reported(reader: Reader | null, place: StatusPlace, how: string): Promise<string> {
  const rows = reader ?? noRows;
  const now = new Date();
  if (how !== '') {
    const status = statusOf(rows, place, withoutTrend(rows, place, now), now);
    return how === '--json' ? JSON.stringify(status) : plainLines(status).join('\n');
  }
  // Not imported above: only a reader needs tables and colours.
  const { statusLines } = await import('../../report/views/status.ts');
  const capacity = current(rows, place, now);
  return statusLines(statusOf(rows, place, capacity, now), capacity, process.stdout).join('\n');
}
