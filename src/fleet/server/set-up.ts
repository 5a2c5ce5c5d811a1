import { AgentPoolError } from '../../lib/errors.ts';
import type { Database } from './connection.ts';
import { FLEET_FORMAT, grantsTo, MIGRATIONS } from './schema.ts';

/** The fleet that a database holds. */
export interface Fleet {
  fleetId: string;
  format: number;
}

/** The fleet of a database; null if it has none. @throws FLEET_NEWER */
export async function fleetIn(database: Database): Promise<Fleet | null> {
  if (
    !(await database.row<{ there: string | null }>("SELECT to_regclass('agentpool.fleet') AS there"))?.there
  )
    return null;
  const row = await database.row<{ fleet_id: string; format: number }>(
    'SELECT fleet_id, format FROM agentpool.fleet',
  );
  if (!row) return null;
  if (row.format > FLEET_FORMAT)
    throw new AgentPoolError(
      'FLEET_NEWER',
      `The tables at ${database.address.url} have format ${row.format}; this AgentPool knows ${FLEET_FORMAT}. Nothing was changed.`,
      { address: database.address.url, example: 'npm install --global agentpool@latest' },
    );
  return { fleetId: row.fleet_id, format: row.format };
}

/** A number for this lock among those of the database: 'AgPl'. */
const SETTING_UP = 0x4167506c;

/**
 * Makes the tables, or brings those of an earlier format to the current one, in one transaction; and lets the members
 * use them. Returns what the database holds afterwards, and whether anything was made.
 * @throws FLEET_NEWER; FLEET_REFUSED where this user may not do it.
 */
export async function setUp(
  database: Database,
  members: readonly string[] = [],
): Promise<Fleet & { created: boolean; migratedFrom: number | null }> {
  return database.transaction(async () => {
    // Two machines may join a new database at the same time.
    await database.rows('SELECT pg_advisory_xact_lock($1)', [SETTING_UP]);
    const before = (await fleetIn(database))?.format ?? 0;
    for (const migration of MIGRATIONS.slice(before)) await database.run(migration);
    if (before > 0 && before < FLEET_FORMAT)
      await database.rows('UPDATE agentpool.fleet SET format = $1', [FLEET_FORMAT]);
    for (const member of members) {
      const quoted = await database.row<{ role: string }>('SELECT quote_ident($1) AS role', [member]);
      await database.run(grantsTo(quoted?.role ?? ''));
    }
    const fleet = await fleetIn(database);
    if (fleet === null) throw new Error('the tables that were just made are not there');
    return {
      ...fleet,
      created: before === 0,
      migratedFrom: before > 0 && before < FLEET_FORMAT ? before : null,
    };
  });
}
