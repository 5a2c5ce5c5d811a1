import type { AppContext } from '../workers/core/context.ts';
import { type Arguments, inputSchema, type Params } from './arguments/parameters.ts';
import { readArguments } from './arguments/read.ts';
import type { NextTool } from './next-tool.ts';
import type { Reported } from './reported.ts';

export const toolsets = ['default', 'usage', 'stats', 'sessions', 'leases', 'worktrees', 'ledger'] as const;
export type Toolset = (typeof toolsets)[number];

type Word = 'string' | 'boolean' | 'integer' | 'number' | 'object' | 'array';

/** The keys of a tool's answer and the types of their values; a `?` at the end also allows null. */
export type Shape = Record<string, Word | `${Word}?`>;

/** Seconds. Hosts give up on a call after a minute; the caller repeats a longer wait. */
export const MAX_WAIT_SECONDS = 45;

/** What a tool knows of the call besides its arguments. */
export interface CallContext {
  /** Fires when the client cancels the call, or goes away. */
  signal: AbortSignal;
  /** No text of a worker may reach the host. */
  lockdown: boolean;
  reported: Reported;
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
  /** The arguments as `run` gets them. Throws INVALID_ARGUMENTS. */
  read(args: Record<string, unknown>): Record<string, unknown>;
  /** The answer, with the call that makes sense next. */
  run(app: AppContext, args: Record<string, unknown>, call: CallContext): Promise<ToolAnswer>;
}

export type ToolAnswer = Record<string, unknown> & { next_tool?: NextTool | null };

export interface ToolDefinition<P extends Params> {
  name: string;
  description: string;
  params: P;
  output: Shape;
  annotations?: Partial<Annotations>;
  onlyWorkerText?: boolean;
  run(app: AppContext, args: Arguments<P>, call: CallContext): Promise<object> | object;
  /** The call that makes sense after this one. */
  next?(after: After<P>): NextTool | null | Promise<NextTool | null>;
}

export interface After<P extends Params> {
  app: AppContext;
  args: Arguments<P>;
  call: CallContext;
  // biome-ignore lint/suspicious/noExplicitAny: each tool reads the keys of its own answer
  answer: any;
}

export const reading = {
  readOnlyHint: true,
  destructiveHint: false,
  idempotentHint: true,
  openWorldHint: false,
} satisfies Annotations;

/** Reads what a provider says, when it is asked to. */
export const asking = { ...reading, openWorldHint: true } satisfies Annotations;

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
export function tool<P extends Params>({
  params,
  output,
  run,
  next,
  ...definition
}: ToolDefinition<P>): Tool {
  const read = (args: Record<string, unknown>) => readArguments(definition.name, params, args);
  return {
    annotations: {},
    onlyWorkerText: false,
    ...definition,
    inputSchema: inputSchema(params),
    outputSchema: outputSchema(output),
    read,
    run: async (app, given, call) => {
      const args = readArguments(definition.name, params, given);
      const answer = await run(app, args, call);
      return { ...answer, ...(next ? { next_tool: await next({ app, args, call, answer }) } : {}) };
    },
  };
}

/** The shape as JSON Schema. It covers only keys that are always there: an answer may have more. */
export function outputSchema(shape: Shape) {
  return {
    type: 'object' as const,
    properties: Object.fromEntries(Object.entries(shape).map(([key, word]) => [key, typeOf(word)])),
    required: Object.keys(shape),
  };
}

/** Without a type where null is possible: a list of types is refused by hosts on Gemini. */
const typeOf = (word: string) =>
  word.endsWith('?') ? { description: `${word.slice(0, -1)} or null` } : { type: word };
