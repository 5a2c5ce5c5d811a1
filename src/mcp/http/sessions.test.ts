import assert from 'node:assert/strict';
import { createServer, request, type Server as WebServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { after, describe, it } from 'node:test';
import { Server } from '@modelcontextprotocol/sdk/server/index.js';
import { until } from '../../lib/testing/until.ts';
import { initialize } from '../testing/http-server.ts';
import { HttpSessions } from './sessions.ts';

interface Position {
  sessions: HttpSessions;
  web: WebServer;
  closed: number;
  now: number;
}

/** Sessions with a clock that the test moves, behind a server without a gate. */
async function position(most: number): Promise<Position> {
  const begin = () => {
    const server = new Server({ name: 'test', version: '1.0.0' }, { capabilities: {} });
    return { server, settled: async () => {}, close: () => void it.closed++ };
  };
  const it: Position = {
    sessions: new HttpSessions(begin, { most, idle: 1000 }, () => it.now),
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

interface Asked {
  status: number;
  session: string;
  /** Goes away without a word. */
  leave(): void;
}

/** Asks; resolves with the head of the answer. A stream stays open until `leave`. */
function ask({ web }: Position, method: string, session?: string): Promise<Asked> {
  const { port } = web.address() as AddressInfo;
  return new Promise((done, fail) => {
    const asked = request(
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
        const reported = { ...head, leave: () => void asked.destroy() };
        if (method === 'GET') done(reported);
        else answer.on('end', () => done(reported));
      },
    );
    asked.on('error', fail);
    asked.end(method === 'POST' ? initialize : undefined);
  });
}

describe('the sessions of the HTTP server', () => {
  it('expire when nobody has used them for long, but not while a stream is open', async () => {
    const here = await position(8);
    const [unused, used] = [await ask(here, 'POST'), await ask(here, 'POST')];
    const stream = await ask(here, 'GET', used.session);
    assert.equal(stream.status, 200);
    here.now = 5000;
    await here.sessions.expire();
    assert.equal(here.sessions.size, 1);
    assert.equal(here.closed, 1);
    assert.equal((await ask(here, 'DELETE', unused.session)).status, 404);
    stream.leave();
    // The session counts as used until the server has seen its client go.
    await until('the stream to end', () => {
      here.now += 5000;
      void here.sessions.expire();
      return here.sessions.size === 0;
    });
    assert.equal(here.closed, 2);
  });

  it('are bounded: the longest unused one makes room, and without one the next client is told to wait', async () => {
    const here = await position(2);
    const first = await ask(here, 'POST');
    here.now = 1;
    const second = await ask(here, 'POST');
    const third = await ask(here, 'POST');
    assert.equal(here.sessions.size, 2);
    assert.equal((await ask(here, 'GET', first.session)).status, 404);
    const streams = [await ask(here, 'GET', second.session), await ask(here, 'GET', third.session)];
    assert.deepEqual(
      streams.map(({ status }) => status),
      [200, 200],
    );
    assert.equal((await ask(here, 'POST')).status, 503);
    assert.equal(here.sessions.size, 2);
  });

  it('end with DELETE, and all of them with the server', async () => {
    const here = await position(8);
    const [one] = [await ask(here, 'POST'), await ask(here, 'POST'), await ask(here, 'POST')];
    assert.equal((await ask(here, 'DELETE', one.session)).status, 200);
    assert.deepEqual([here.sessions.size, here.closed], [2, 1]);
    await here.sessions.close();
    assert.deepEqual([here.sessions.size, here.closed], [0, 3]);
  });
});
