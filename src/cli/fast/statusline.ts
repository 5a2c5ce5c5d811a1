import { parseArgs } from 'node:util';
import { loadConfig } from '../../config/load.ts';
import { type Env, homeFolder } from '../../config/paths.ts';
import { openReader } from '../../projections/reader.ts';
import { sessions } from '../../projections/sessions/sessions.ts';
import { usageSummary } from '../../projections/usage/usage-summary.ts';
import { type StatuslineFormat, statusline, statuslineFormats } from '../../report/views/statusline.ts';
import { noRows, statusOf, withoutTrend } from '../../workers/queries/status.ts';
import { print } from './print.ts';

/**
 * `agentpool statusline`, which a status bar runs every few seconds. Reads the ledger as it stands, neither mends it nor
 * waits for anything (what Claude Code writes to its standard input is not read), and prints an empty line where it can
 * not tell: an error has no place in a status bar. False for other words, which the long way refuses or helps with.
 */
export async function quickStatusline(words: readonly string[], env: Env): Promise<boolean> {
  const format = formatIn(words);
  if (!format) return false;
  print(`${await statuslineOf(format, env)}\n`);
  return true;
}

/** Empty where something is wrong: an error has no place in a status bar. */
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

function formatIn(words: readonly string[]): StatuslineFormat | null {
  try {
    const options = { format: { type: 'string', default: 'plain' } } as const;
    const { format } = parseArgs({ args: [...words], options, strict: true }).values;
    return statuslineFormats.find((known) => known === format) ?? null;
  } catch {
    return null;
  }
}
