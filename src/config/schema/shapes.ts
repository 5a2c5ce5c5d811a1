import Type, { type TObject, type TObjectOptions, type TSchema } from 'typebox';

// What the parts of the schema of config.yaml are built from.

export const text = (description: string, options: object = {}) => Type.String({ description, ...options });
export const words = (description: string, options: object = {}) =>
  Type.Array(Type.String({ minLength: 1 }), { description, ...options });
export const flag = (description: string, options: object = {}) => Type.Boolean({ description, ...options });
export const count = (minimum: number, maximum: number, description: string) =>
  Type.Integer({ minimum, maximum, description });
export const free = (description: string, options: object = {}) =>
  Type.Record(Type.String(), Type.Unknown(), { description, ...options });

/** The same shape under each of these ids. */
export const each = <Id extends string, Shape extends TSchema>(
  ids: readonly Id[],
  shape: Shape,
  options: TObjectOptions & { keyed: string },
): TObject<Record<Id, Shape>> =>
  Type.Object(Object.fromEntries(ids.map((id) => [id, shape])) as Record<Id, Shape>, options);

export const DAY = 86_400;

/** `90m`, `12h`: a whole number and its unit. */
export const DURATION = '^[1-9]\\d{0,5}[smhd]$';

export const age = (description: string) =>
  text(description, {
    pattern: `^off$|${DURATION}`,
    hint: 'for example 12h or 30d; off keeps it for ever',
  });
