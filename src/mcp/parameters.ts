import { AgentPoolError } from '../lib/errors.ts';

type JsonSchema = Record<string, unknown>;

/** One parameter of a tool: what a model reads of it, and the type that the tool gets. */
export interface Param<T> {
  schema: JsonSchema;
  required: boolean;
  readonly type?: T;
}

export type Params = Record<string, Param<unknown>>;

/** What a tool is given once the arguments are checked and the defaults filled in. */
export type DecisionContext<P extends Params> = {
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
  optional<string | null>({ type: ['string', 'null'], ...said(description) }, null);
export const choice = <T extends string>(words: readonly T[], value: T, description?: string) =>
  optional<T>({ type: 'string', enum: words, ...said(description) }, value);
export const flag = (value: boolean, description?: string) =>
  optional<boolean>({ type: 'boolean', ...said(description) }, value);
export const count = (value: number, description?: string, minimum = 0) =>
  optional<number>({ type: 'integer', minimum, ...said(description) }, value);
export const maybeCount = (description?: string, value: number | null = null) =>
  optional<number | null>({ type: ['integer', 'null'], minimum: 1, ...said(description) }, value);
export const seconds = (value: number, description?: string) =>
  optional<number>({ type: 'number', exclusiveMinimum: 0, maximum: 120, ...said(description) }, value);
export const words = (description: string) =>
  required<string[]>({ type: 'array', items: { type: 'string' }, minItems: 1, description });
export const maybeWords = (description?: string) =>
  optional<string[] | null>(
    { type: ['array', 'null'], items: { type: 'string' }, ...said(description) },
    null,
  );
export const wordOrWords = (description: string) =>
  optional<string | string[] | null>(
    { type: ['array', 'string', 'null'], items: { type: 'string' }, description },
    null,
  );
export const maybeRecord = (description: string) =>
  optional<Record<string, unknown> | null>({ type: ['object', 'null'], description }, null);

const said = (description: string | undefined) => (description === undefined ? {} : { description });

/** The parameters as JSON Schema; strict: a misspelt argument must not be taken for its default. */
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
 * The arguments of a call, checked, with the defaults where nothing was said.
 * @throws INVALID_ARGUMENTS naming every fault, and what the tool takes.
 */
export async function given<P extends Params>(
  tool: string,
  params: P,
  args: Record<string, unknown>,
): Promise<DecisionContext<P>> {
  const { Errors } = await import('typebox/value');
  const schema = inputSchema(params);
  const faults = Object.keys(args)
    .filter((name) => !Object.hasOwn(params, name))
    .map((name) => `there is no parameter ${JSON.stringify(name)}`);
  for (const { keyword, instancePath, message } of Errors(schema, args)) {
    const name = instancePath.slice(1);
    if (keyword === 'enum') faults.push(`${name} is one of ${params[name]?.schema.enum}`);
    else if (keyword !== 'boolean' && keyword !== 'additionalProperties')
      faults.push(`${name || 'the arguments'} ${message}`);
  }
  if (faults.length > 0) {
    const takes = Object.entries(params).map(([name, param]) =>
      param.required ? `${name} (required)` : name,
    );
    throw new AgentPoolError(
      'INVALID_ARGUMENTS',
      `${tool}: ${faults.slice(0, 5).join('; ')}. It takes: ${takes.join(', ') || 'nothing'}.`,
      { tool },
    );
  }
  const defaults = Object.entries(params).flatMap(([name, { schema, required }]) =>
    required ? [] : [[name, schema.default] as const],
  );
  return { ...Object.fromEntries(defaults), ...args } as DecisionContext<P>;
}
