import { randomUUID } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { StreamableHTTPServerTransport } from '@modelcontextprotocol/sdk/server/streamableHttp.js';
import type { Transport } from '@modelcontextprotocol/sdk/shared/transport.js';
import type { Serving } from '../server.ts';
import { refuse } from './refuse.ts';

/** The largest body of a request, in bytes: a task with a long text in it fits many times. */
const LARGEST_BODY = 4 * 1024 * 1024;

export interface Limits {
  /** Sessions at a time. */
  most: number;
  /** How long a session may go unused, in ms. */
  idle: number;
}

interface Session {
  serving: Serving;
  transport: StreamableHTTPServerTransport;
  /** Requests that are not answered yet, and streams that are open. */
  open: number;
  usedAt: number;
}

/** The sessions of all clients: each has a protocol server of its own, and with it workers of its own. */
export class HttpSessions {
  readonly #begin: () => Serving;
  readonly #limits: Limits;
  readonly #clock: () => number;
  readonly #sessions = new Set<Session>();

  constructor(begin: () => Serving, limits: Limits, clock: () => number) {
    this.#begin = begin;
    this.#limits = limits;
    this.#clock = clock;
  }

  get size(): number {
    return this.#sessions.size;
  }

  /** Hands a request to its session; one that names none may begin one, with `initialize`. */
  async handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const id = request.headers['mcp-session-id'];
    if (id === undefined) return this.#first(request, response);
    for (const session of this.#sessions)
      if (session.transport.sessionId === id) return this.#within(session, request, response);
    const message = 'There is no such session: it was ended, or was not used for too long. Initialize again.';
    refuse(response, { status: 404, message }, -32001);
  }

  /** Ends those that nobody has used for long. */
  async expire(): Promise<void> {
    const before = this.#clock() - this.#limits.idle;
    const unused = [...this.#sessions].filter(({ open, usedAt }) => open === 0 && usedAt < before);
    await Promise.all(unused.map(({ transport }) => transport.close()));
  }

  /** Ends all: waits are cancelled; resolves when what acts on the world has come to its end. */
  async close(): Promise<void> {
    const all = [...this.#sessions];
    await Promise.all(all.map(({ transport }) => transport.close()));
    await Promise.all(all.map(({ serving }) => serving.settled()));
  }

  async #first(request: IncomingMessage, response: ServerResponse): Promise<void> {
    if (request.method !== 'POST') {
      const message = 'Mcp-Session-Id is missing: begin with POST initialize.';
      return refuse(response, { status: 400, message });
    }
    if (!(await this.#room())) {
      const message = `All ${this.#limits.most} sessions are in use. End one with DELETE, or try again later.`;
      return refuse(response, { status: 503, message, headers: { 'Retry-After': '30' } });
    }
    const session = await this.#opened();
    try {
      await this.#within(session, request, response);
    } finally {
      // It was something else than an initialize, and got its answer.
      if (session.transport.sessionId === undefined) await session.transport.close();
    }
  }

  async #opened(): Promise<Session> {
    const serving = this.#begin();
    const transport = new StreamableHTTPServerTransport({
      sessionIdGenerator: randomUUID,
      maxRequestBodySize: LARGEST_BODY,
    });
    const session = { serving, transport, open: 0, usedAt: this.#clock() };
    this.#sessions.add(session);
    serving.server.onclose = () => {
      serving.close();
      this.#sessions.delete(session);
    };
    // Its accessors say undefined where the interface leaves the key out.
    await serving.server.connect(transport as Transport);
    return session;
  }

  async #within(session: Session, request: IncomingMessage, response: ServerResponse): Promise<void> {
    session.open += 1;
    response.once('close', () => {
      session.open -= 1;
      session.usedAt = this.#clock();
    });
    await session.transport.handleRequest(request, response);
  }

  /** Clients go without a word: the longest unused session makes room for a new one. */
  async #room(): Promise<boolean> {
    if (this.size < this.#limits.most) return true;
    const [oldest] = [...this.#sessions].filter(({ open }) => open === 0).sort((a, b) => a.usedAt - b.usedAt);
    await oldest?.transport.close();
    return oldest !== undefined;
  }
}
