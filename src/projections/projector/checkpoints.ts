import type { Rows } from '../../events/store/log-queries.ts';

/** Where the tables of one generation of a projection are in the log. */
export interface Checkpoint {
  name: string;
  /** Whose tables they are; no two checkpoints share one. */
  generation: number;
  version: number;
  /** The last event that the tables have taken in. */
  position: number;
  /** 0: the shadow that a rebuild fills. */
  active: 0 | 1;
}

/** The live generations first, by name. */
export const allCheckpoints = (rows: Rows): Checkpoint[] =>
  rows.all('SELECT * FROM projection_checkpoints ORDER BY active DESC, name');

export const checkpointsOf = (rows: Rows, active: 0 | 1): Checkpoint[] =>
  rows.all('SELECT * FROM projection_checkpoints WHERE active = ?', active);
