import assert from 'node:assert/strict';
import { createServer, request, type Server as WebServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { after, describe, it } from 'node:test';
import { Server } from '@modelcontextprotocol/sdk/server/index.js';
import { until } from '../../lib/testing/until.ts';
import { initialize } from '../testing/http-server.ts';
import { HttpSessions } from './sessions.ts';

interface TestServer {
  sessions: HttpSessions;
  web: WebServer;
  closed: number;
  now: number;
}

/** Sessions with a clock that the test controls, behind a server without a gate. */
async function testServer(maxSessions: number): Promise<TestServer> {
  const begin = () => {
    const server = new Server({ name: 'test', version: '1.0.0' }, { capabilities: {} });
    return { server, settled: async () => {}, close: () => void it.closed++ };
  };
  const it: TestServer = {
    sessions: new HttpSessions(begin, { maxSessions, idleMs: 1000 }, () => it.now),
    web: createServer((request, response) => void it.sessions.handle(request, response)),
    closed: 0,
    now: 0,
  };
  await new Promise<void>((done) => it.web.listen(0, '127.0.0.1', done));
  after(() => {
    it.web.closeAllConnections();
    it.web.close();
  });
  return it;
}

interface Answered {
  status: number;
  session: string;
  /** Closes the connection. */
  leave(): void;
}

/** Sends a request and resolves with the head of the answer. A stream stays open until `leave`. */
function ask({ web }: TestServer, method: string, session?: string): Promise<Answered> {
  const { port } = web.address() as AddressInfo;
  return new Promise((done, fail) => {
    const outgoing = request(
      {
        ...{ host: '127.0.0.1', port, method, path: '/mcp', agent: false },
        headers: {
          accept: 'application/json, text/event-stream',
          'content-type': 'application/json',
          ...(session ? { 'mcp-session-id': session } : {}),
        },
      },
      (answer) => {
        answer.resume();
        const head = { status: answer.statusCode ?? 0, session: String(answer.headers['mcp-session-id']) };
        const answered = { ...head, leave: () => void outgoing.destroy() };
        if (method === 'GET') done(answered);
        else answer.on('end', () => done(answered));
      },
    );
    outgoing.on('error', fail);
    outgoing.end(method === 'POST' ? initialize : undefined);
  });
}

describe('the sessions of the HTTP server', () => {
  it('expire when they are unused for long, but not while a stream is open', async () => {
    const server = await testServer(8);
    const [unused, used] = [await ask(server, 'POST'), await ask(server, 'POST')];
    const stream = await ask(server, 'GET', used.session);
    assert.equal(stream.status, 200);
    server.now = 5000;
    await server.sessions.expire();
    assert.equal(server.sessions.size, 1);
    assert.equal(server.closed, 1);
    assert.equal((await ask(server, 'DELETE', unused.session)).status, 404);
    stream.leave();
    // The session counts as used until the server has noticed that its client is gone.
    await until('the stream to end', () => {
      server.now += 5000;
      void server.sessions.expire();
      return server.sessions.size === 0;
    });
    assert.equal(server.closed, 2);
  });

  it('are limited: a new one replaces the longest unused one, and is refused when all are in use', async () => {
    const server = await testServer(2);
    const first = await ask(server, 'POST');
    server.now = 1;
    const second = await ask(server, 'POST');
    const third = await ask(server, 'POST');
    assert.equal(server.sessions.size, 2);
    assert.equal((await ask(server, 'GET', first.session)).status, 404);
    const streams = [await ask(server, 'GET', second.session), await ask(server, 'GET', third.session)];
    assert.deepEqual(
      streams.map(({ status }) => status),
      [200, 200],
    );
    assert.equal((await ask(server, 'POST')).status, 503);
    assert.equal(server.sessions.size, 2);
  });

  it('end with DELETE, and all of them with the server', async () => {
    const server = await testServer(8);
    const [one] = [await ask(server, 'POST'), await ask(server, 'POST'), await ask(server, 'POST')];
    assert.equal((await ask(server, 'DELETE', one.session)).status, 200);
    assert.deepEqual([server.sessions.size, server.closed], [2, 1]);
    await server.sessions.close();
    assert.deepEqual([server.sessions.size, server.closed], [0, 3]);
  });
});
