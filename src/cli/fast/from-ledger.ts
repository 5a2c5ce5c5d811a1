import { existsSync } from 'node:fs';
import { loadConfig } from '../../config/file/load.ts';
import { type Env, homeFolder } from '../../config/paths.ts';
import type { Projection } from '../../projections/projection.ts';
import { noRows, openReader, type Rows } from '../../projections/reader.ts';
import { isUpToDate } from '../../workers/core/watcher/liveness.ts';
import type { StatusPlace as Place } from '../../workers/queries/status.ts';
import type { Values } from '../grammar/parse.ts';
import { print } from '../output/print.ts';

/** A command that answers from the tables of the ledger. */
export interface FromLedger {
  tables: readonly Projection[];
  /** Whether workers whose processes have died change the answer: then the full command records them first. */
  dependsOnWorkers: boolean;
  /** Whether it answers without a ledger, with empty tables. */
  worksWithoutLedger?: boolean;
  /** The text to print; null if it does not know an option. */
  answer(rows: Rows, values: Values, place: Place): Promise<string | null> | string | null;
}

/**
 * One connection, one query, one print. Returns null if the full command has to create, repair or refuse the ledger.
 */
export async function answerFromLedger(
  command: FromLedger,
  values: Values,
  env: Env,
): Promise<number | null> {
  const place = { ...(await loadConfig(homeFolder(env), env)), env };
  const isThere = existsSync(place.paths.ledger);
  if (!isThere && !command.worksWithoutLedger) return null;
  const reader = isThere ? openReader(place.paths.ledger, command.tables) : null;
  if (isThere && !reader) return null;
  try {
    if (reader && command.dependsOnWorkers && !isUpToDate(reader, place.paths)) return null;
    const text = await command.answer(reader ?? noRows, values, place);
    if (text !== null) print(`${text}\n`);
    return text === null ? null : 0;
  } finally {
    reader?.close();
  }
}
