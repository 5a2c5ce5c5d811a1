import { randomBytes } from 'node:crypto';
import { basename } from 'node:path';
import { Server } from '@modelcontextprotocol/sdk/server/index.js';
import type { RequestHandlerExtra } from '@modelcontextprotocol/sdk/shared/protocol.js';
import {
  CallToolRequestSchema,
  CompleteRequestSchema,
  ErrorCode,
  GetPromptRequestSchema,
  ListPromptsRequestSchema,
  ListResourcesRequestSchema,
  ListResourceTemplatesRequestSchema,
  ListToolsRequestSchema,
  ReadResourceRequestSchema,
  type ServerNotification,
  type ServerRequest,
  SubscribeRequestSchema,
  UnsubscribeRequestSchema,
} from '@modelcontextprotocol/sdk/types.js';
import { problemLine } from '../config/problems.ts';
import { AgentPoolError } from '../lib/errors.ts';
import { packageVersion } from '../lib/package-root.ts';
import type { AppContext } from '../workers/core/context.ts';
import { answerOf, ownMessage, refusalOf } from './answer.ts';
import { instructions } from './guide.ts';
import { promptNamed, prompts } from './prompts.ts';
import { resources, resourceTemplates } from './resources/resources.ts';
import { Subscriptions } from './resources/subscriptions.ts';
import type { Selection } from './selection.ts';
import type { Call, Tool } from './tool.ts';

type Extra = RequestHandlerExtra<ServerRequest, ServerNotification>;

/** Each server process has workers of its own: limits and lists are by this name. */
export const newCoordinator = (): string => `mcp-${randomBytes(6).toString('hex')}`;

export interface Serving {
  server: Server;
  /** Resolves when what acts on the world has come to its end; waits are not waited for. */
  settled(): Promise<void>;
  close(): void;
}

/**
 * The protocol's side of a house: what it lists, and what it hands a call to. The house is asked for by the first call:
 * a host starts its servers for every conversation, and most of those call none.
 */
export function serve(open: () => AppContext | Promise<AppContext>, { tools, lockdown }: Selection): Serving {
  const server = new Server(
    { name: 'agentpool', title: 'AgentPool', version: packageVersion() },
    {
      capabilities: { tools: {}, resources: { subscribe: true }, prompts: {}, completions: {}, logging: {} },
      instructions,
    },
  );
  const reportWarnings = warner(server);
  const doorway: Doorway = {
    open: async () => open(),
    working: async () => {
      const app = await (await import('./maintenance.ts')).atWork(await open());
      reportWarnings(app);
      return app;
    },
  };
  const settled = answerTools(server, doorway, { tools, lockdown });
  const close = answerResources(server, doorway, lockdown);
  answerPrompts(server, doorway);
  return { server, settled, close };
}

/** The house, opened when it is first asked for. */
interface Doorway {
  open(): Promise<AppContext>;
  /** With the config as it stands, and a ledger that is true. */
  working(): Promise<AppContext>;
}

/** Gives what waits until no call that acts on the world is under way. */
function answerTools(
  server: Server,
  { working }: Doorway,
  { tools, lockdown }: Selection,
): Serving['settled'] {
  const acts = new Set<Promise<unknown>>();
  server.setRequestHandler(ListToolsRequestSchema, () => ({ tools: tools.map(listed) }));
  server.setRequestHandler(CallToolRequestSchema, async ({ params }, extra) => {
    const tool = tools.find(({ name }) => name === params.name);
    if (!tool) throw unknownTool(params.name, tools);
    const call: Call = { signal: extra.signal, lockdown, progress: progressOf(extra) };
    const result = (async () => {
      let app: AppContext | null = null;
      try {
        app = await working();
        return answerOf(await tool.run(app, params.arguments ?? {}, call));
      } catch (error) {
        return refusalOf(error, app, lockdown);
      }
    })();
    if (tool.annotations.readOnlyHint !== true) {
      acts.add(result);
      void result.finally(() => acts.delete(result));
    }
    return result;
  });
  return async () => void (await Promise.allSettled(acts));
}

/** Gives what ends the subscriptions. */
function answerResources(server: Server, { open, working }: Doorway, lockdown: boolean): Serving['close'] {
  const subscriptions = new Subscriptions((uri) => void server.sendResourceUpdated({ uri }).catch(() => {}));
  server.setRequestHandler(ListResourcesRequestSchema, () => ({ resources }));
  server.setRequestHandler(ListResourceTemplatesRequestSchema, () => ({
    resourceTemplates: resourceTemplates(lockdown),
  }));
  server.setRequestHandler(ReadResourceRequestSchema, ({ params }) =>
    asked(async () => {
      const { readResource } = await import('./resources/content.ts');
      return readResource(await working(), params.uri, lockdown);
    }),
  );
  server.setRequestHandler(SubscribeRequestSchema, ({ params: { uri } }) =>
    asked(async () => {
      const { sourceOf } = await import('./resources/source.ts');
      const app = await open();
      subscriptions.add(uri, sourceOf(app, uri, lockdown), app.ledger);
      return {};
    }),
  );
  server.setRequestHandler(UnsubscribeRequestSchema, ({ params: { uri } }) => {
    subscriptions.remove(uri);
    return {};
  });
  return () => subscriptions.close();
}

function answerPrompts(server: Server, { open }: Doorway): void {
  server.setRequestHandler(ListPromptsRequestSchema, () => ({ prompts }));
  server.setRequestHandler(GetPromptRequestSchema, ({ params }) =>
    asked(() => promptNamed(params.name, params.arguments ?? {})),
  );
  server.setRequestHandler(CompleteRequestSchema, ({ params: { argument } }) =>
    asked(async () => {
      const { completionsOf } = await import('./resources/content.ts');
      return completionsOf(await open(), argument.name, argument.value);
    }),
  );
}

/** Tells the client what looks wrong in config.yaml, each fault once. */
function warner(server: Server): (app: AppContext) => void {
  const reported = new Set<string>();
  return ({ path, warnings }) => {
    for (const warning of warnings) {
      const data = problemLine(basename(path), warning);
      if (reported.has(data)) continue;
      reported.add(data);
      server.sendLoggingMessage({ level: 'warning', logger: 'config', data }).catch(() => {});
    }
  };
}

const listed = ({ name, description, inputSchema, outputSchema, annotations }: Tool) => ({
  name,
  description,
  inputSchema,
  outputSchema,
  annotations,
});

function progressOf({ _meta, sendNotification }: Extra): Call['progress'] {
  const progressToken = _meta?.progressToken;
  if (progressToken === undefined) return () => {};
  return (progress, total, message) => {
    const params = { progressToken, progress: Math.min(progress, total), total, message };
    // A client that is gone is told nothing, and that is no error.
    sendNotification({ method: 'notifications/progress', params }).catch(() => {});
  };
}

/** An error as the protocol sends it. The SDK's own puts the code into the message, where every client adds it again. */
class RefusedRequest extends Error {
  readonly code: number;

  constructor(code: number, message: string) {
    super(message);
    this.code = code;
  }
}

function unknownTool(name: string, tools: readonly Tool[]): RefusedRequest {
  const known = tools.map((tool) => tool.name).join(', ');
  return new RefusedRequest(ErrorCode.InvalidParams, `There is no tool ${name}. There are: ${known}`);
}

/** Requests that have no results with isError: what is refused is an error of the protocol, in our own words only. */
async function asked<T>(answer: () => Promise<T> | T): Promise<T> {
  try {
    return await answer();
  } catch (error) {
    const code =
      error instanceof AgentPoolError && error.code === 'UNKNOWN_RESOURCE' ? -32002 : ErrorCode.InvalidParams;
    throw new RefusedRequest(code, await ownMessage(error));
  }
}
