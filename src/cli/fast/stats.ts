import { parseArgs } from 'node:util';
import { CLI_COORDINATOR, coordinatorIn } from '../../config/coordinator.ts';
import { loadConfig } from '../../config/load.ts';
import { type Env, homeFolder } from '../../config/paths.ts';
import { openReader } from '../../projections/reader.ts';
import { sessions } from '../../projections/sessions/sessions.ts';
import { activity } from '../../projections/stats/activity.ts';
import { usageSummary } from '../../projections/usage/usage-summary.ts';
import { watchers } from '../../projections/watchers.ts';
import { isUpToDate } from '../../workers/core/liveness.ts';
import { type StatsRequest, stats } from '../../workers/queries/stats/stats.ts';
import { print } from './print.ts';

const text = { type: 'string' } as const;
const options = {
  json: { type: 'boolean' },
  since: text,
  from: text,
  to: text,
  provider: text,
  scope: text,
  sections: { type: 'string', multiple: true },
} as const;

/** `agentpool stats --json` by the short way, as `sessions` goes it; errors are told by the long one. */
export async function quickStats(words: string[], env: Env): Promise<boolean> {
  const asked = parsed(words);
  if (!asked) return false;
  const { paths, config } = await loadConfig(homeFolder(env), env);
  const reader = openReader(paths.ledger, [sessions, activity, usageSummary, watchers]);
  if (!reader) return false;
  try {
    if (!isUpToDate(reader)) return false;
    const coordinator = coordinatorIn(env) ?? CLI_COORDINATOR;
    const place = { rows: reader, reading: <T>(ask: () => T) => ask(), paths, config, env, coordinator };
    print(`${JSON.stringify(await stats(place, asked, new Date()))}\n`);
    return true;
  } finally {
    reader.close();
  }
}

function parsed(words: string[]): StatsRequest | null {
  try {
    const { values } = parseArgs({ args: words, options, strict: true });
    return values.json ? values : null;
  } catch {
    return null;
  }
}
