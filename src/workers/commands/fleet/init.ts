import { setUp } from '../../../fleet/server/set-up.ts';
import type { Env } from '../../../lib/process/environment.ts';
import { shell } from '../../../lib/text/shell.ts';
import { type AskPassword, withDatabase } from './database.ts';
import type { FleetInit } from './schema.ts';

/**
 * Creates the fleet tables in a database, or brings them to the current format, and lets users of it join.
 * @throws FLEET_REFUSED where this user may not
 */
export const initFleet = (
  url: string,
  members: readonly string[],
  from: { env: Env; ask: AskPassword },
): Promise<FleetInit> =>
  withDatabase(url, from, async ({ database }) => {
    const { fleetId, format, created, migratedFrom } = await setUp(database, members);
    const address = database.address.url;
    return {
      address,
      fleet_id: fleetId,
      format,
      created,
      migrated_from: migratedFrom,
      members: [...members],
      next_command: shell`agentpool fleet join ${address}`,
    };
  });
