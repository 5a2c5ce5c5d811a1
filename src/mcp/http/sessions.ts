import { randomUUID } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { StreamableHTTPServerTransport } from '@modelcontextprotocol/sdk/server/streamableHttp.js';
import type { Transport } from '@modelcontextprotocol/sdk/shared/transport.js';
import type { Serving } from '../server.ts';
import { readBody } from './body.ts';
import { refuse } from './refuse.ts';

export interface SessionLimits {
  /** Maximum number of sessions. */
  maxSessions: number;
  /** How long a session may go unused, in ms. */
  idleMs: number;
}

interface Session {
  serving: Serving;
  transport: StreamableHTTPServerTransport;
  /** Requests without an answer yet, and open streams. */
  open: number;
  usedAt: number;
}

/** The sessions of all clients: each has a separate protocol server, and so separate workers. */
export class HttpSessions {
  readonly #startServing: () => Serving;
  readonly #limits: SessionLimits;
  readonly #clock: () => number;
  readonly #sessions = new Set<Session>();

  constructor(startServing: () => Serving, limits: SessionLimits, clock: () => number) {
    this.#startServing = startServing;
    this.#limits = limits;
    this.#clock = clock;
  }

  get size(): number {
    return this.#sessions.size;
  }

  /** Passes a request to its session. A request without a session id may start one, with `initialize`. */
  async handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const id = request.headers['mcp-session-id'];
    if (id === undefined) return this.#startSession(request, response);
    for (const session of this.#sessions)
      if (session.transport.sessionId === id) return this.#handleIn(session, request, response);
    const message = 'No such session: it was ended, or expired unused. Initialize again.';
    refuse(response, { status: 404, message }, -32001);
  }

  /** Ends sessions that were unused for too long. */
  async expire(): Promise<void> {
    const before = this.#clock() - this.#limits.idleMs;
    const unused = [...this.#sessions].filter(({ open, usedAt }) => open === 0 && usedAt < before);
    await Promise.all(unused.map(({ transport }) => transport.close()));
  }

  /** Ends all sessions: cancels waits, and resolves when running actions have finished. */
  async close(): Promise<void> {
    const all = [...this.#sessions];
    await Promise.all(all.map(({ transport }) => transport.close()));
    await Promise.all(all.map(({ serving }) => serving.settled()));
  }

  async #startSession(request: IncomingMessage, response: ServerResponse): Promise<void> {
    if (request.method !== 'POST') {
      const message = 'Mcp-Session-Id is missing: start with POST initialize.';
      return refuse(response, { status: 400, message });
    }
    if (!(await this.#makeSlot())) {
      const message = `All ${this.#limits.maxSessions} sessions are in use. End one with DELETE, or try again later.`;
      return refuse(response, { status: 503, message, headers: { 'Retry-After': '30' } });
    }
    const session = await this.#createSession();
    try {
      await this.#handleIn(session, request, response);
    } finally {
      // It was not an initialize, and has been answered.
      if (session.transport.sessionId === undefined) await session.transport.close();
    }
  }

  async #createSession(): Promise<Session> {
    const serving = this.#startServing();
    const transport = new StreamableHTTPServerTransport({
      sessionIdGenerator: randomUUID,
    });
    const session = { serving, transport, open: 0, usedAt: this.#clock() };
    this.#sessions.add(session);
    serving.server.onclose = () => {
      serving.close();
      this.#sessions.delete(session);
    };
    // The SDK's accessors return undefined where the interface has an optional key.
    await serving.server.connect(transport as Transport);
    return session;
  }

  async #handleIn(session: Session, request: IncomingMessage, response: ServerResponse): Promise<void> {
    session.open += 1;
    response.once('close', () => {
      session.open -= 1;
      session.usedAt = this.#clock();
    });
    if (request.method !== 'POST') return session.transport.handleRequest(request, response);
    const body = await readBody(request, response);
    if (body !== undefined) await session.transport.handleRequest(request, response, body);
  }

  /** Clients may vanish without closing: a new session replaces the longest unused one. */
  async #makeSlot(): Promise<boolean> {
    if (this.size < this.#limits.maxSessions) return true;
    const [oldest] = [...this.#sessions].filter(({ open }) => open === 0).sort((a, b) => a.usedAt - b.usedAt);
    await oldest?.transport.close();
    return oldest !== undefined;
  }
}
