import type { AppContext } from '../workers/core/context.ts';
import { type DecisionContext, given, inputSchema, type Params } from './parameters.ts';
import { outputSchema, type Shape } from './shape.ts';

export const toolsets = ['default', 'usage', 'stats', 'sessions', 'leases', 'worktrees', 'ledger'] as const;
export type Toolset = (typeof toolsets)[number];

/** Hosts give up on a call after a minute; a wait that is longer is asked for again. Seconds. */
export const LONGEST_WAIT = 45;

/** What a tool knows of the call beside its arguments. */
export interface Call {
  /** Fires when the client cancels the call, or goes. */
  signal: AbortSignal;
  /** Nothing that a worker wrote may reach the host. */
  lockdown: boolean;
  /** Tells the client, where it asked to be told, how far a long call is. */
  progress(done: number, total: number, message: string): void;
}

/** Hints of the protocol on what a call does to the world. */
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
  /** It tells nothing but what a worker wrote: a locked server does not have it. */
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
  run(app: AppContext, given: DecisionContext<P>, call: Call): Promise<object> | object;
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
 * A tool out of its definition: arguments are checked before it runs. What `run` needs of the other rooms it imports
 * itself: every start of a host waits for the list of tools, and hardly one of them is called.
 */
export function tool<P extends Params>({ params, output, run, ...definition }: Definition<P>): Tool {
  return {
    annotations: {},
    onlyWorkerText: false,
    ...definition,
    inputSchema: inputSchema(params),
    outputSchema: outputSchema(output),
    run: async (app, args, call) => run(app, await given(definition.name, params, args), call),
  };
}
