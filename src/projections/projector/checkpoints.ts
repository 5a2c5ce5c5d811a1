import type { Rows } from '../../events/store/log-queries.ts';

/** The position in the log that the tables of one generation of a projection have reached. */
export interface Checkpoint {
  name: string;
  /** The generation of the tables; unique per checkpoint. */
  generation: number;
  version: number;
  /** The last event applied to the tables. */
  position: number;
  /** 1 if that is the last `projected` event of the log, whatever is appended: no append has to write it. */
  follows: 0 | 1;
  /** 0: the shadow that a rebuild fills. */
  active: 0 | 1;
}

const SELECT = `
  SELECT name, generation, version, active, position IS NULL AS follows, coalesce(
    position, (SELECT position FROM events WHERE projected = 1 ORDER BY position DESC LIMIT 1), 0) AS position
  FROM projection_checkpoints`;

/** The live generations first, by name. */
export const allCheckpoints = (rows: Rows): Checkpoint[] => rows.all(`${SELECT} ORDER BY active DESC, name`);

export const checkpointsOf = (rows: Rows, active: 0 | 1): Checkpoint[] =>
  rows.all(`${SELECT} WHERE active = ?`, active);
