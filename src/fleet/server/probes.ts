import type { Database } from './connection.ts';
import type { Asker } from './leases.ts';

/** An account of a provider, the same on every machine. */
export interface ProbedAccount {
  provider: string;
  /** The hash of the account's own id. */
  account: string;
}

/** How long a machine may ask before another one does, in seconds. */
const PROBE_SECONDS = 30;

export type ProbeTurn =
  /** This machine is to ask, and says when it is done. */
  | { kind: 'ours' }
  /** Another one is asking. */
  | { kind: 'asking' }
  /** Another one has asked. */
  | {
      kind: 'answered';
      machineId: string;
      machine: string;
      /** How far its log has to be known for the answer. */
      position: number;
      /** By the clock of the database, in milliseconds. */
      ageMs: number;
    };

interface TurnRow {
  granted: boolean;
  by_machine: string;
  by_name: string;
  by_position: number | null;
  age_ms: number;
}

/** Whose turn it is to ask for the limits of an account, where an answer that is at most `freshMs` old is as good. */
export async function beginProbe(
  database: Database,
  { machineId, place }: Asker,
  { provider, account, freshMs }: ProbedAccount & { freshMs: number },
): Promise<ProbeTurn> {
  const row = await database.row<TurnRow>(
    `SELECT granted, by_machine, by_name, by_position::float8 AS by_position, age_ms
     FROM agentpool.begin_probe($1, $2, $3, $4, $5, $6)`,
    [machineId, place, provider, account, freshMs, PROBE_SECONDS],
  );
  if (!row) throw new Error('begin_probe has returned no row');
  if (row.granted) return { kind: 'ours' };
  if (row.by_position === null) return { kind: 'asking' };
  const { by_machine, by_name: machine, by_position: position, age_ms: ageMs } = row;
  return { kind: 'answered', machineId: by_machine, machine, position, ageMs };
}

/** Ends the turn of this machine; with the end of its log if that has an answer now. */
export async function endProbe(
  database: Database,
  { machineId, place }: Asker,
  { provider, account }: ProbedAccount,
  position: number | null,
): Promise<void> {
  await database.rows('SELECT agentpool.end_probe($1, $2, $3, $4, $5)', [
    machineId,
    place,
    provider,
    account,
    position,
  ]);
}
