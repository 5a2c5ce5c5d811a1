import Type, { type Static, type TSchema } from 'typebox';

/**
 * The small words that every schema of ours is put together from: of events, and of what commands print. A schema with
 * a `title` is a shape of its own: where it is published, it is told once and referred to (docs/schemas).
 */

export const text = Type.String();
export const flag = Type.Boolean();
export const count = Type.Integer({ minimum: 0 });
/** ISO 8601 in UTC with milliseconds. */
export const instant = Type.String({ format: 'date-time' });

/** A value that may be null: JSON keys are always there, so that readers need not ask whether they are. */
export const nullable = <Schema extends TSchema>(schema: Schema) => Type.Union([schema, Type.Null()]);

/** One of a fixed list of words. */
export const oneOf = <const Words extends readonly string[]>(words: Words) =>
  Type.Unsafe<Words[number]>({ type: 'string', enum: [...words] });

export const list = <Schema extends TSchema>(schema: Schema) => Type.Array(schema);

/** The same shape under any name. */
export const keyed = <Schema extends TSchema>(schema: Schema) =>
  Type.Unsafe<Record<string, Static<Schema>>>({ type: 'object', additionalProperties: schema });

/** Facts whose names nobody has promised. */
export const facts = Type.Unsafe<Record<string, unknown>>({ type: 'object' });

/** The same schema with a note, which the published pages print beside the field. */
export const noted = <Schema extends TSchema>(schema: Schema, description: string): Schema =>
  Object.defineProperties(
    {},
    {
      ...Object.getOwnPropertyDescriptors(schema),
      description: { value: description, enumerable: true },
    },
  ) as Schema;
