import type { Rows } from '../../events/store/log-queries.ts';

/** The position in the log that the tables of one generation of a projection have reached. */
export interface Checkpoint {
  name: string;
  /** The generation of the tables; unique per checkpoint. */
  generation: number;
  version: number;
  /** The last event applied to the tables. */
  position: number;
  /** 0: the shadow that a rebuild fills. */
  active: 0 | 1;
}

/** The live generations first, by name. */
export const allCheckpoints = (rows: Rows): Checkpoint[] =>
  rows.all('SELECT * FROM projection_checkpoints ORDER BY active DESC, name');

export const checkpointsOf = (rows: Rows, active: 0 | 1): Checkpoint[] =>
  rows.all('SELECT * FROM projection_checkpoints WHERE active = ?', active);
