import type { KnownMachine } from '../state-file.ts';
import type { Database } from './connection.ts';

/** A machine of the fleet, as the database knows it. */
export interface Machine {
  /** Its number in the database. */
  machine: number;
  machineId: string;
  name: string;
  /** The user of the database that writes its log. */
  role: string;
  /** From where it is shared, hashed. */
  place: string;
  /** The version of its AgentPool. */
  version: string;
  /** The end of its log there: 0 and zeros for an empty one. */
  position: number;
  hash: string;
  joinedAt: Date;
  seenAt: Date;
  /** How far its clock is ahead of the database's, in milliseconds. */
  aheadMs: number;
  leftAt: Date | null;
}

/** Every machine, and what time it is for the database: ages are measured by its clock. */
export interface Roster {
  machines: Machine[];
  now: Date;
}

const SELECT = `
  SELECT machine, machine_id, name, role, place, version, position::float8 AS position, encode(hash, 'hex') AS hash,
    joined_at, seen_at, ahead_ms::float8 AS ahead_ms, left_at, clock_timestamp() AS now
  FROM agentpool.machines ORDER BY machine`;

interface MachineRow {
  machine: number;
  machine_id: string;
  name: string;
  role: string;
  place: string;
  version: string;
  position: number;
  hash: string;
  joined_at: Date;
  seen_at: Date;
  ahead_ms: number;
  left_at: Date | null;
  now: Date;
}

export async function roster(database: Database): Promise<Roster> {
  const rows = await database.rows<MachineRow>(SELECT);
  return {
    now: rows[0]?.now ?? new Date(),
    machines: rows.map(({ machine_id, joined_at, seen_at, ahead_ms, left_at, now: _, ...row }) => ({
      ...row,
      machineId: machine_id,
      joinedAt: joined_at,
      seenAt: seen_at,
      aheadMs: ahead_ms,
      leftAt: left_at,
    })),
  };
}

/**
 * Adds a machine to the fleet, or changes what is known of it.
 * @throws FLEET_NAME_TAKEN; FLEET_WRITER_OTHER for a log that another user of the database has begun.
 */
export async function join(
  database: Database,
  { machineId, name, place, version }: Pick<Machine, 'machineId' | 'name' | 'place' | 'version'>,
): Promise<void> {
  await database.rows('SELECT agentpool.join_fleet($1, $2, $3, $4)', [machineId, name, place, version]);
}

export async function leave(database: Database, machineId: string): Promise<void> {
  await database.rows('SELECT agentpool.leave_fleet($1)', [machineId]);
}

/** Says that this machine is there, and what time it is here. */
export async function sayPresent(
  database: Database,
  machine: number,
  { version, now }: { version: string; now: Date },
): Promise<void> {
  await database.rows('SELECT agentpool.present($1, $2, $3)', [machine, version, now]);
}

/** A machine as it is kept for showing. `now` is the time of the database. */
export const knownMachine = (
  { machineId, name, version, position, seenAt, aheadMs, leftAt }: Machine,
  now: Date,
  fault: string | null,
): KnownMachine => ({
  machine_id: machineId,
  name,
  version,
  position,
  seen_ms_ago: Math.max(0, now.getTime() - seenAt.getTime()),
  clock_ahead_ms: aheadMs,
  has_left: leftAt !== null,
  fault,
});
