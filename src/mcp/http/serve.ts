import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { coordinatorIn } from '../../config/coordinator.ts';
import type { Env } from '../../config/paths.ts';
import { AgentPoolError, errorMessage } from '../../lib/errors.ts';
import { openApp } from '../../workers/core/context.ts';
import { writeTrace } from '../answer.ts';
import { type SelectionOptions, selectTools } from '../selection.ts';
import { newCoordinator, serve } from '../server.ts';
import { allTools, unlisted } from '../toolsets/index.ts';
import { ENDPOINT, refusalOf } from './gate.ts';
import { refuse } from './refuse.ts';
import { HttpSessions } from './sessions.ts';
import { bearerToken, storedToken, tokenFile } from './token.ts';

/** Loopback only: a server for other machines would need TLS and an administrator. */
const ADDRESS = '127.0.0.1';
export const DEFAULT_PORT = 7437;
const LIMITS = { maxSessions: 32, idleMs: 30 * 60_000 };
const SWEEP_MS = 60_000;
/** How long running actions may take to finish when the server ends; the ledger resolves what is interrupted. */
const GRACE_MS = 600;

export interface HttpOptions extends SelectionOptions {
  /** 0 selects any free port. */
  port: number;
  newToken: boolean;
}

/**
 * Serves many hosts over Streamable HTTP on the loopback until a signal ends it. Each session is a separate
 * coordinator, like each server over stdio. Workers keep running. Throws PORT_TAKEN, and what `selectTools` throws.
 */
export async function serveHttp(env: Env, options: HttpOptions): Promise<void> {
  const selection = selectTools(allTools, options, env, unlisted);
  const app = await openApp(env, 'mcp');
  const startServing = () => {
    const own = { ...app, coordinator: coordinatorIn(env) ?? newCoordinator() };
    return serve(() => own, selection);
  };
  const sessions = new HttpSessions(startServing, LIMITS, () => performance.now());
  const file = tokenFile(app.home);
  const http = createServer(
    { requestTimeout: 60_000, headersTimeout: 20_000 },
    (request, response) =>
      void answer(request, response).catch((error: unknown) => {
        process.stderr.write(`agentpool mcp: ${errorMessage(error)}\n`);
        void writeTrace(error, env);
        refuse(response, { status: 500, message: 'The request failed; see the output of the server.' });
      }),
  );
  http.maxConnections = 512;

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const refusal = refusalOf(request, portOf(http), await storedToken(file));
    if (refusal) refuse(response, refusal);
    else await sessions.handle(request, response);
  }

  const signalled = untilSignal();
  await listen(http, options.port);
  const { token, created: made } = await bearerToken(app.home, { renew: options.newToken });
  process.stderr.write(greeting(portOf(http), file, made ? token : null));
  const sweep = setInterval(() => void sessions.expire(), SWEEP_MS);

  await signalled;
  clearInterval(sweep);
  http.close();
  await Promise.race([sessions.close(), sleep(GRACE_MS)]);
  // An explicit exit: a client that keeps its connection open would keep the process alive.
  process.exit(0);
}

const untilSignal = (): Promise<void> =>
  new Promise((done) => {
    for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP'] as const) process.once(signal, () => done());
  });

function listen(http: Server, port: number): Promise<void> {
  return new Promise((done, fail) => {
    http.once('error', (error: NodeJS.ErrnoException) =>
      fail(error.code === 'EADDRINUSE' || error.code === 'EACCES' ? portError(port, error.code) : error),
    );
    http.listen(port, ADDRESS, done);
  });
}

function portError(port: number, errno: string): AgentPoolError {
  const why =
    errno === 'EACCES'
      ? `Port ${port} needs more rights than this user has.`
      : `Port ${port} of ${ADDRESS} is taken, perhaps by another agentpool mcp --http.`;
  const example = 'agentpool mcp --http --port 0';
  return new AgentPoolError('PORT_TAKEN', `${why} Name another port; 0 selects any free one.`, {
    port,
    example,
  });
}

const portOf = (http: Server): number => (http.address() as AddressInfo).port;

/** The token is shown when it is created, and never again. */
function greeting(port: number, file: string, token: string | null): string {
  const url = `http://${ADDRESS}:${port}${ENDPOINT}`;
  const lines = [
    `agentpool mcp: serving on ${url}`,
    ...(token === null ? [] : [`agentpool mcp: token, shown this once: ${token}`]),
    `agentpool mcp: the token is in ${file}; --new-token creates another`,
  ];
  return `${lines.join('\n')}\n`;
}
