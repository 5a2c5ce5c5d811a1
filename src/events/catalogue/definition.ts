import type { Static, TObject } from 'typebox';

/** One type of event: its current schema version, what its data looks like, and what it says. */
export interface Definition<Schema extends TObject = TObject> {
  version: number;
  says: string;
  data: Schema;
}

export function define<Schema extends TObject>(
  version: number,
  says: string,
  data: Schema,
): Definition<Schema> {
  return { version, says, data };
}

export type DataOf<D> = D extends Definition<infer Schema> ? Static<Schema> : never;
