import {
  type ArgumentKind,
  anyText,
  type NumberBounds,
  name,
  numberWithin,
  oneOf,
  record,
  texts,
  yesOrNo,
} from './kinds.ts';

/**
 * What tools/list publishes of a parameter. One type, and only words that all models take: Gemini refuses every request
 * of a host for a list of types, `const`, `exclusiveMinimum`, `$ref`, `oneOf` or an array without items; OpenAI's strict
 * mode refuses `minLength`. A default of null belongs to no type, so it is not published.
 */
export interface PublishedSchema {
  type: 'string' | 'boolean' | 'integer' | 'number' | 'array' | 'object';
  description?: string;
  enum?: readonly string[];
  items?: { type: 'string' };
  properties?: Record<string, PublishedSchema>;
  minimum?: number;
  maximum?: number;
  default?: unknown;
}

/** One parameter of a tool: its schema for the model, and how the tool receives it. */
export interface Param<T> {
  schema: PublishedSchema;
  required: boolean;
  kind: ArgumentKind<unknown>;
  /** What the tool gets when the argument is left out. */
  fallback: T | undefined;
  readonly type?: T;
}

export type Params = Record<string, Param<unknown>>;

/** A tool's arguments after they were read and defaults filled in. */
export type Arguments<P extends Params> = {
  [Name in keyof P]: P[Name] extends Param<infer T> ? T : never;
};

const required = <T>(kind: ArgumentKind<T>, schema: PublishedSchema): Param<T> => ({
  ...{ schema, kind },
  required: true,
  fallback: undefined,
});
const optional = <T>(
  kind: ArgumentKind<unknown>,
  { type, ...schema }: PublishedSchema,
  value: T,
): Param<T> => ({
  schema: { type, ...schema, ...(value === null ? {} : { default: value }) },
  required: false,
  kind,
  fallback: value,
});

/** A text as it is, such as a task. */
export const text = (description: string, example: string) =>
  required(anyText(example), { type: 'string', description });
/** A name, an id or a path. */
export const named = (description: string, example: string) =>
  required(name(example), { type: 'string', description });
export const nameOr = (value: string, description: string) =>
  optional<string>(name(value), { type: 'string', description }, value);
export const maybeText = (example: string, description?: string) =>
  optional<string | null>(anyText(example), { type: 'string', ...described(description) }, null);
export const maybeName = (example: string, description?: string) =>
  optional<string | null>(name(example), { type: 'string', ...described(description) }, null);
export const choice = <T extends string>(words: readonly T[], value: T, description?: string) =>
  optional<T>(oneOf(words, value), { type: 'string', enum: words, ...described(description) }, value);
/** A choice with a default that the tool may replace by what its other arguments need: it gets undefined. */
export const choiceUnset = <T extends string>(words: readonly T[], value: T, description: string) =>
  ({ ...choice(words, value, description), fallback: undefined }) as Param<T | undefined>;
export const flag = (value: boolean, description?: string) =>
  optional<boolean>(yesOrNo, { type: 'boolean', ...described(description) }, value);
export const count = (value: number, description?: string, minimum = 0) =>
  optional<number>(...whole({ minimum }, value, description), value);
export const maybeCount = (description?: string, value: number | null = null) =>
  optional<number | null>(...whole({ minimum: 1 }, value ?? 10, description), value);
export const seconds = (value: number, bounds: NumberBounds, description?: string) =>
  optional<number>(
    numberWithin(bounds, value, { whole: false }),
    { type: 'number', ...bounds, ...described(description) },
    value,
  );
export const words = (example: readonly string[], description: string) =>
  required(texts(example), list(description));
/** Null: left out, or an empty list. */
export const maybeWords = (example: readonly string[], description?: string) =>
  optional<string[] | null>(texts(example), list(description), null);
/** Any keys. It names one: Gemini refuses an object without properties. */
export const maybeRecord = (key: string, value: string, description: string) =>
  optional<Record<string, unknown> | null>(
    record({ [key]: value }),
    { type: 'object', properties: { [key]: { type: 'string' } }, description },
    null,
  );

const list = (description: string | undefined): PublishedSchema => ({
  type: 'array',
  items: { type: 'string' },
  ...described(description),
});
const whole = (
  bounds: NumberBounds,
  example: number,
  description: string | undefined,
): [ArgumentKind<number>, PublishedSchema] => [
  numberWithin(bounds, example, { whole: true }),
  { type: 'integer', ...bounds, ...described(description) },
];

const described = (description: string | undefined) => (description === undefined ? {} : { description });

/** The parameters as JSON Schema. Strict: a misspelt argument must not be replaced by its default. */
export function inputSchema(params: Params) {
  const names = Object.keys(params).filter((each) => params[each]?.required);
  return {
    type: 'object' as const,
    properties: Object.fromEntries(Object.entries(params).map(([each, { schema }]) => [each, schema])),
    ...(names.length > 0 ? { required: names } : {}),
    additionalProperties: false,
  };
}
