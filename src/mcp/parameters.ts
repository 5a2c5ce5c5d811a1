import { AgentPoolError } from '../lib/errors.ts';

type JsonSchema = Record<string, unknown>;

/** One parameter of a tool: its schema for the model, and the type that the tool receives. */
export interface Param<T> {
  schema: JsonSchema;
  required: boolean;
  readonly type?: T;
}

export type Params = Record<string, Param<unknown>>;

/** A tool's arguments after they were checked and defaults filled in. */
export type Arguments<P extends Params> = {
  [Name in keyof P]: P[Name] extends Param<infer T> ? T : never;
};

const required = <T>(schema: JsonSchema): Param<T> => ({ schema, required: true });
const optional = <T>(schema: JsonSchema, value: T): Param<T> => ({
  schema: { ...schema, default: value },
  required: false,
});

export const text = (description: string) => required<string>({ type: 'string', minLength: 1, description });
export const textOr = (value: string, description: string) =>
  optional<string>({ type: 'string', description }, value);
export const maybeText = (description?: string) =>
  optional<string | null>({ type: ['string', 'null'], ...described(description) }, null);
export const choice = <T extends string>(words: readonly T[], value: T, description?: string) =>
  optional<T>({ type: 'string', enum: words, ...described(description) }, value);
export const flag = (value: boolean, description?: string) =>
  optional<boolean>({ type: 'boolean', ...described(description) }, value);
export const count = (value: number, description?: string, minimum = 0) =>
  optional<number>({ type: 'integer', minimum, ...described(description) }, value);
export const maybeCount = (description?: string, value: number | null = null) =>
  optional<number | null>({ type: ['integer', 'null'], minimum: 1, ...described(description) }, value);
export const seconds = (value: number, description?: string) =>
  optional<number>({ type: 'number', exclusiveMinimum: 0, maximum: 120, ...described(description) }, value);
export const words = (description: string) =>
  required<string[]>({ type: 'array', items: { type: 'string' }, minItems: 1, description });
export const maybeWords = (description?: string) =>
  optional<string[] | null>(
    { type: ['array', 'null'], items: { type: 'string' }, ...described(description) },
    null,
  );
export const wordOrWords = (description: string) =>
  optional<string | string[] | null>(
    { type: ['array', 'string', 'null'], items: { type: 'string' }, description },
    null,
  );
export const maybeRecord = (description: string) =>
  optional<Record<string, unknown> | null>({ type: ['object', 'null'], description }, null);

const described = (description: string | undefined) => (description === undefined ? {} : { description });

/** The parameters as JSON Schema. Strict: a misspelt argument must not be replaced by its default. */
export function inputSchema(params: Params) {
  const names = Object.keys(params).filter((name) => params[name]?.required);
  return {
    type: 'object' as const,
    properties: Object.fromEntries(Object.entries(params).map(([name, { schema }]) => [name, schema])),
    ...(names.length > 0 ? { required: names } : {}),
    additionalProperties: false,
  };
}

/**
 * Checks the arguments of a call and fills in defaults. Throws INVALID_ARGUMENTS that names every problem and the
 * tool's parameters.
 */
export async function checkArguments<P extends Params>(
  tool: string,
  params: P,
  args: Record<string, unknown>,
): Promise<Arguments<P>> {
  const { Errors } = await import('typebox/value');
  const schema = inputSchema(params);
  const problems = Object.keys(args)
    .filter((name) => !Object.hasOwn(params, name))
    .map((name) => `there is no parameter ${JSON.stringify(name)}`);
  for (const { keyword, instancePath, message } of Errors(schema, args)) {
    const name = instancePath.slice(1);
    if (keyword === 'enum') problems.push(`${name} is one of ${params[name]?.schema.enum}`);
    else if (keyword !== 'boolean' && keyword !== 'additionalProperties')
      problems.push(`${name || 'the arguments'} ${message}`);
  }
  if (problems.length > 0) {
    const names = Object.entries(params).map(([name, param]) =>
      param.required ? `${name} (required)` : name,
    );
    throw new AgentPoolError(
      'INVALID_ARGUMENTS',
      `${tool}: ${problems.slice(0, 5).join('; ')}. It takes: ${names.join(', ') || 'nothing'}.`,
      { tool },
    );
  }
  const defaults = Object.entries(params).flatMap(([name, { schema, required }]) =>
    required ? [] : [[name, schema.default] as const],
  );
  return { ...Object.fromEntries(defaults), ...args } as Arguments<P>;
}
