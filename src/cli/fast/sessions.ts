import { parseArgs } from 'node:util';
import { CLI_COORDINATOR, coordinatorIn } from '../../config/coordinator.ts';
import { loadConfig } from '../../config/load.ts';
import { type Env, homeFolder } from '../../config/paths.ts';
import { openReader } from '../../projections/reader.ts';
import { sessions } from '../../projections/sessions/sessions.ts';
import { watchers } from '../../projections/watchers.ts';
import { isUpToDate } from '../../workers/core/liveness.ts';
import { sessionList } from '../../workers/core/session-list.ts';
import { print } from './print.ts';

/** The options of a plain query; whatever else is said goes the long way, which knows help, errors and human output. */
const options = {
  json: { type: 'boolean' },
  recent: { type: 'string' },
  limit: { type: 'string' },
  offset: { type: 'string' },
  all: { type: 'boolean' },
} as const;

/**
 * `agentpool sessions --json` by the short way: one connection, one query, one print. False where the short way does
 * not serve: other words, no ledger yet, or facts (a dead watcher, a lost terminal server) that have to be recorded first.
 */
export async function quickSessions(words: string[], env: Env): Promise<boolean> {
  const asked = parsed(words);
  if (!asked?.json) return false;
  const { paths } = await loadConfig(homeFolder(env), env);
  const reader = openReader(paths.ledger, [sessions, watchers]);
  if (!reader) return false;
  try {
    if (!isUpToDate(reader)) return false;
    print(`${JSON.stringify(sessionList(reader, asked, coordinatorIn(env) ?? CLI_COORDINATOR))}\n`);
    return true;
  } finally {
    reader.close();
  }
}

function parsed(words: string[]) {
  try {
    const { values } = parseArgs({ args: words, options, strict: true });
    const [recent, limit, offset] = [values.recent, values.limit, values.offset].map((text) =>
      text === undefined ? undefined : Number(text),
    );
    const counts = [recent, limit, offset].filter((count) => count !== undefined);
    if (!counts.every((count) => Number.isInteger(count) && count > 0)) return null;
    return { json: values.json === true, all: values.all === true, recent, limit, offset };
  } catch {
    return null;
  }
}
