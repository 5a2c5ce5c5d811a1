import type { Rows } from './reader.ts';
import type { Troubles } from './sessions/json.ts';
import { currentUndelivered } from './undelivered.ts';
import { currentFaults } from './watch-faults.ts';

/** Looks up what goes wrong with a session, by its id. */
export function troublesIn(rows: Rows): (id: string) => Troubles {
  const faults = currentFaults(rows);
  const undelivered = currentUndelivered(rows);
  return (id) => ({ fault: faults.get(id), undelivered: undelivered.get(id) });
}
