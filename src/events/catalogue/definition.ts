import type { Static, TObject } from 'typebox';

/** One event type: its current schema version, the schema of its data, and a sentence that says what happened. */
export interface EventDefinition<Schema extends TObject = TObject> {
  version: number;
  description: string;
  data: Schema;
}

export function define<Schema extends TObject>(
  version: number,
  description: string,
  data: Schema,
): EventDefinition<Schema> {
  return { version, description, data };
}

export type DataOf<D> = D extends EventDefinition<infer Schema> ? Static<Schema> : never;
