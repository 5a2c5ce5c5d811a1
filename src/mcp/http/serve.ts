import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Env } from '../../config/paths.ts';
import { AgentPoolError } from '../../lib/errors.ts';
import { openApp } from '../../workers/core/context.ts';
import { type SelectionOptions, selectTools } from '../selection.ts';
import { newCoordinator, serve } from '../server.ts';
import { allTools } from '../toolsets/index.ts';
import { ENDPOINT, refusalOf } from './gate.ts';
import { refuse } from './refuse.ts';
import { HttpSessions } from './sessions.ts';
import { bearerToken, storedToken, tokenFile } from './token.ts';

/** Loopback alone: what is meant for other machines needs TLS, and somebody who answers for it. */
const ADDRESS = '127.0.0.1';
export const DEFAULT_PORT = 7437;
const LIMITS = { most: 32, idle: 30 * 60_000 };
const SWEEP_MS = 60_000;
/** What acts on the world when the server ends may come to its end for so long; the ledger mends what is cut off. */
const GRACE_MS = 600;

export interface HttpOptions extends SelectionOptions {
  /** 0 takes any that is free. */
  port: number;
  newToken: boolean;
}

/**
 * Serves many hosts over Streamable HTTP on the loopback, until a signal ends it. Each session is a coordinator of its
 * own, as each server over stdio is. Workers live on.
 * @throws PORT_TAKEN, and what `selectTools` throws.
 */
export async function serveHttp(env: Env, options: HttpOptions): Promise<void> {
  const selection = selectTools(allTools, options, env);
  const app = await openApp(env, 'mcp');
  const begin = () => {
    const coordinator = env.AGENTPOOL_COORDINATOR_ID || newCoordinator();
    const own = { ...app, coordinator, env: { ...env, AGENTPOOL_COORDINATOR_ID: coordinator } };
    return serve(() => own, selection);
  };
  const sessions = new HttpSessions(begin, LIMITS, () => performance.now());
  const file = tokenFile(app.home);
  const http = createServer(
    { requestTimeout: 60_000, headersTimeout: 20_000 },
    (request, response) =>
      void answer(request, response).catch((error: unknown) => {
        process.stderr.write(`agentpool mcp: ${error instanceof Error ? error.message : String(error)}\n`);
        refuse(response, { status: 500, message: 'The request failed; see what the server said.' });
      }),
  );
  http.maxConnections = 512;

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const refusal = refusalOf(request, portOf(http), await storedToken(file));
    if (refusal) refuse(response, refusal);
    else await sessions.handle(request, response);
  }

  const ended = untilSignal();
  await listening(http, options.port);
  const { token, made } = await bearerToken(app.home, { renew: options.newToken });
  process.stderr.write(greeting(portOf(http), file, made ? token : null));
  const sweep = setInterval(() => void sessions.expire(), SWEEP_MS);

  await ended;
  clearInterval(sweep);
  http.close();
  await Promise.race([sessions.close(), sleep(GRACE_MS)]);
  // Not by the end of all that is open: a client that keeps its connection would keep the process.
  process.exit(0);
}

const untilSignal = (): Promise<void> =>
  new Promise((done) => {
    for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP'] as const) process.once(signal, () => done());
  });

function listening(http: Server, port: number): Promise<void> {
  return new Promise((done, fail) => {
    http.once('error', (error: NodeJS.ErrnoException) =>
      fail(error.code === 'EADDRINUSE' || error.code === 'EACCES' ? noPort(port, error.code) : error),
    );
    http.listen(port, ADDRESS, done);
  });
}

function noPort(port: number, errno: string): AgentPoolError {
  const why =
    errno === 'EACCES'
      ? `Port ${port} needs more rights than this user has.`
      : `Port ${port} of ${ADDRESS} is taken; another agentpool mcp --http may be serving there already.`;
  const example = 'agentpool mcp --http --port 0';
  return new AgentPoolError('PORT_TAKEN', `${why} Name another port; 0 takes any that is free.`, {
    port,
    example,
  });
}

const portOf = (http: Server): number => (http.address() as AddressInfo).port;

/** The token is shown when it is made, and never again. */
function greeting(port: number, file: string, token: string | null): string {
  const url = `http://${ADDRESS}:${port}${ENDPOINT}`;
  const lines = [
    `agentpool mcp: serving on ${url}`,
    ...(token === null ? [] : [`agentpool mcp: token, shown this once: ${token}`]),
    `agentpool mcp: the token stands in ${file}; --new-token makes another`,
  ];
  return `${lines.join('\n')}\n`;
}
