import type { Rows } from './reader.ts';

/** The name of this machine in its fleet, and of its log among the others. */
export interface FleetName {
  machine_id: string;
  name: string;
}

/**
 * The place of this machine in a fleet; null if it is in none. One indexed read without the code that decodes events:
 * every command that would look at other machines asks this first.
 */
export function fleetNameIn(rows: Rows): FleetName | null {
  const last = rows.get<{ type: string; payload: string }>(
    `SELECT type, payload FROM events WHERE stream_id = 'fleet' AND type IN ('fleet.joined', 'fleet.left')
     ORDER BY stream_version DESC LIMIT 1`,
  );
  return last?.type === 'fleet.joined' ? (JSON.parse(last.payload) as FleetName) : null;
}
