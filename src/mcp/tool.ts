import type { AppContext } from '../workers/core/context.ts';
import { type Arguments, checkArguments, inputSchema, type Params } from './parameters.ts';

export const toolsets = ['default', 'usage', 'stats', 'sessions', 'leases', 'worktrees', 'ledger'] as const;
export type Toolset = (typeof toolsets)[number];

type Word = 'string' | 'boolean' | 'integer' | 'number' | 'object' | 'array';

/** The keys of a tool's answer and the types of their values; a `?` at the end also allows null. */
export type Shape = Record<string, Word | `${Word}?`>;

/** Seconds. Hosts give up on a call after a minute; the caller repeats a longer wait. */
export const MAX_WAIT_SECONDS = 45;

/** What a tool knows of the call besides its arguments. */
export interface Call {
  /** Fires when the client cancels the call, or goes away. */
  signal: AbortSignal;
  /** No text of a worker may reach the host. */
  lockdown: boolean;
  /** Reports the progress of a long call to a client that asked for it. */
  progress(done: number, total: number, message: string): void;
}

/** The protocol's hints on the effects of a call. */
export interface Annotations {
  readOnlyHint: boolean;
  destructiveHint: boolean;
  idempotentHint: boolean;
  openWorldHint: boolean;
}

export interface Tool {
  name: string;
  description: string;
  inputSchema: ReturnType<typeof inputSchema>;
  outputSchema: ReturnType<typeof outputSchema>;
  annotations: Partial<Annotations>;
  /** It returns worker text only: a server in lockdown does not offer it. */
  onlyWorkerText: boolean;
  run(app: AppContext, args: Record<string, unknown>, call: Call): Promise<object>;
}

export interface Definition<P extends Params> {
  name: string;
  description: string;
  params: P;
  output: Shape;
  annotations?: Partial<Annotations>;
  onlyWorkerText?: boolean;
  run(app: AppContext, args: Arguments<P>, call: Call): Promise<object> | object;
}

export const reading = {
  readOnlyHint: true,
  destructiveHint: false,
  idempotentHint: true,
  openWorldHint: false,
} satisfies Annotations;

export const acting = {
  readOnlyHint: false,
  destructiveHint: false,
  idempotentHint: false,
  openWorldHint: true,
} satisfies Annotations;

/**
 * Creates a tool from its definition: arguments are checked before it runs. `run` imports other layers when it is
 * called: every start of a host waits for the list of tools, and few of them are called.
 */
export function tool<P extends Params>({ params, output, run, ...definition }: Definition<P>): Tool {
  return {
    annotations: {},
    onlyWorkerText: false,
    ...definition,
    inputSchema: inputSchema(params),
    outputSchema: outputSchema(output),
    run: async (app, args, call) => run(app, await checkArguments(definition.name, params, args), call),
  };
}

/** The shape as JSON Schema. It covers only keys that are always there: an answer may have more. */
export function outputSchema(shape: Shape) {
  return {
    type: 'object' as const,
    properties: Object.fromEntries(Object.entries(shape).map(([key, word]) => [key, { type: typeOf(word) }])),
    required: Object.keys(shape),
  };
}

const typeOf = (word: string): string | string[] => (word.endsWith('?') ? [word.slice(0, -1), 'null'] : word);
