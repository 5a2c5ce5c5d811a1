import { loadConfig } from '../../config/file/load.ts';
import { type Env, homeFolder } from '../../config/paths.ts';
import { noRows, openReader } from '../../projections/reader.ts';
import { sessions } from '../../projections/sessions/sessions.ts';
import { usageSummary } from '../../projections/usage/usage-summary.ts';
import {
  type StatuslineFormat,
  statusline,
  statuslineFormats,
} from '../../report/views/limits/statusline.ts';
import { statusOf, withoutTrend } from '../../workers/queries/status.ts';
import type { Values } from '../grammar/parse.ts';
import { print } from '../output/print.ts';

/**
 * `agentpool statusline`, which a status bar runs every few seconds. Reads the ledger without repairs and never waits:
 * it does not read what Claude Code writes to its standard input.
 */
export async function answer({ format, json }: Values, env: Env): Promise<number | null> {
  const known = statuslineFormats.find((each) => each === format);
  if (!known || json) return null;
  print(`${await statuslineOf(known, env)}\n`);
  return 0;
}

/** Empty if anything fails: a status bar cannot show an error. */
export const statuslineOf = (format: StatuslineFormat, env: Env): Promise<string> =>
  lineOf(format, env).catch(() => '');

async function lineOf(format: StatuslineFormat, env: Env): Promise<string> {
  const place = { ...(await loadConfig(homeFolder(env), env)), env };
  const reader = openReader(place.paths.ledger, [sessions, usageSummary]);
  const rows = reader ?? noRows;
  try {
    const now = new Date();
    const least = place.config.policy.min_remaining_percent;
    return statusline(statusOf(rows, place, withoutTrend(rows, place, now), now), format, { least, now });
  } finally {
    reader?.close();
  }
}
