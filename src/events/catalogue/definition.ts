import Type, { type Static, type TObject, type TSchema } from 'typebox';

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

/** A value that may be null: JSON keys are always there, so that readers need not ask whether they are. */
export const nullable = <Schema extends TSchema>(schema: Schema) => Type.Union([schema, Type.Null()]);

/** One of a fixed list of words. */
export const oneOf = <const Words extends readonly string[]>(words: Words) =>
  Type.Unsafe<Words[number]>({ type: 'string', enum: [...words] });

/** The same schema with a note, which docs/events.md prints beside the field. */
export const noted = <Schema extends TSchema>(schema: Schema, description: string): Schema =>
  Object.defineProperties(
    {},
    {
      ...Object.getOwnPropertyDescriptors(schema),
      description: { value: description, enumerable: true },
    },
  ) as Schema;
