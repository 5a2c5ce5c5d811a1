import type { Rows } from '../../projections/reader.ts';
import { queuePlaces } from '../../projections/sessions/queries.ts';
import type { StatusPlace } from '../../workers/queries/status.ts';
import type { Values } from '../grammar/parse.ts';
import { PS_TABLE, type PsOptions, psList } from '../workers/ps.ts';

export { dependsOnWorkers, tables } from './sessions.ts';

/** `agentpool ps`, also without --json: people type it often. The full command pages a list that is long. */
export async function answer(rows: Rows, values: Values, place: StatusPlace): Promise<string | null> {
  if (values.allMachines) return null;
  const list = psList(rows, values as unknown as PsOptions, place);
  if (values.json) return JSON.stringify(list);
  if (values.plain || list.sessions.length > 10) return null;
  const { sessionTable } = await import('../../report/views/workers/session-table.ts');
  return sessionTable(list, { places: queuePlaces(rows), ...PS_TABLE, stdout: process.stdout });
}
