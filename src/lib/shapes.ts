import Type, { type Static, type TSchema } from 'typebox';

/**
 * The building blocks of all schemas, of events and of command output. A schema with a `title` is a definition of its
 * own: docs/schemas publishes it once and refers to it.
 */

export const text = Type.String();
export const flag = Type.Boolean();
export const count = Type.Integer({ minimum: 0 });
/** ISO 8601 in UTC with milliseconds. */
export const instant = Type.String({ format: 'date-time' });

/** A value that may be null. JSON keys are always present, so that readers need not check for them. */
export const nullable = <Schema extends TSchema>(schema: Schema) => Type.Union([schema, Type.Null()]);

/** One of a fixed list of words. */
export const oneOf = <const Words extends readonly string[]>(words: Words) =>
  Type.Unsafe<Words[number]>({ type: 'string', enum: [...words] });

export const list = <Schema extends TSchema>(schema: Schema) => Type.Array(schema);

/** A map whose values have this shape. */
export const keyed = <Schema extends TSchema>(schema: Schema) =>
  Type.Unsafe<Record<string, Static<Schema>>>({ type: 'object', additionalProperties: schema });

/** A map without guaranteed keys. */
export const facts = Type.Unsafe<Record<string, unknown>>({ type: 'object' });

/** The same schema with a description, which the published pages print beside the field. */
export const noted = <Schema extends TSchema>(schema: Schema, description: string): Schema =>
  Object.defineProperties(
    {},
    {
      ...Object.getOwnPropertyDescriptors(schema),
      description: { value: description, enumerable: true },
    },
  ) as Schema;

export const Step = Type.Object(
  { what: text, command: text },
  { title: 'Step', description: 'A possible next action, and the command that does it.' },
);
export type Step = Static<typeof Step>;
