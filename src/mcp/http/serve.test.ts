import assert from 'node:assert/strict';
import {
  chmodSync,
  existsSync,
  readFileSync,
  renameSync,
  statSync,
  symlinkSync,
  unlinkSync,
  writeFileSync,
} from 'node:fs';
import { connect } from 'node:net';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { ResourceUpdatedNotificationSchema } from '@modelcontextprotocol/sdk/types.js';
import { until } from '../../lib/testing/until.ts';
import { Home } from '../../workers/testing/home.ts';
import { type HttpHost, HttpServer } from '../testing/http-server.ts';

// biome-ignore lint/suspicious/noExplicitAny: tests read the keys they expect, and fail where these are missing
async function call({ client }: HttpHost, name: string, args: Record<string, unknown> = {}): Promise<any> {
  const { structuredContent, isError, content } = await client.callTool({ name, arguments: args });
  assert.ok(!isError, JSON.stringify(content));
  return structuredContent;
}

describe('the MCP server over HTTP', () => {
  const home = new Home();

  it('serves sessions with separate workers, and DELETE ends one', async () => {
    const server = await HttpServer.start(home, ['--toolsets', 'default,sessions']);
    const [mine, other] = [await server.connect(), await server.connect()];
    assert.notEqual(mine.transport.sessionId, other.transport.sessionId);
    const { session_id } = await call(mine, 'spawn_worker', {
      ...{ provider_id: 'fake-question', task: 'Plan the work', repo_path: home.repo },
    });
    const seen = await call(mine, 'observe_worker', { session_id, timeout_seconds: 45 });
    assert.equal(seen.event, 'question');
    const ids = async (host: HttpHost, more = {}) =>
      (await call(host, 'list_sessions', more)).sessions.map(({ id }: { id: string }) => id);
    assert.deepEqual(await ids(mine), [session_id]);
    assert.deepEqual(await ids(other), []);
    assert.deepEqual(await ids(other, { include_all: true }), [session_id]);

    await mine.transport.terminateSession();
    await assert.rejects(mine.client.ping());
    assert.deepEqual(await ids(other, { include_all: true }), [session_id], 'a worker outlives its session');
    await call(other, 'terminate_worker', { session_id });
  });

  it('sends progress and changes of resources on the streams of a session', async () => {
    const server = await HttpServer.start(home);
    const host = await server.connect();
    const updated: string[] = [];
    host.client.setNotificationHandler(ResourceUpdatedNotificationSchema, ({ params }) => {
      updated.push(params.uri);
    });
    await host.client.subscribeResource({ uri: 'agentpool://sessions' });
    const id = await home.spawn('fake-idle');
    await until('the sessions to change', () => updated.includes('agentpool://sessions'));
    let progress = 0;
    const cancelling = new AbortController();
    const wait = host.client.callTool(
      {
        name: 'observe_worker',
        arguments: { session_id: id, wait_for: ['error'], timeout_seconds: 45 },
      },
      undefined,
      { signal: cancelling.signal, onprogress: () => progress++ },
    );
    wait.catch(() => {});
    await until('progress', () => progress > 0);
    cancelling.abort('enough');
    await assert.rejects(wait, /enough/);
    await call(host, 'terminate_worker', { session_id: id });
  });

  for (const signal of ['SIGTERM', 'SIGINT'] as const) {
    it(`ends with ${signal} during a wait; the worker keeps running`, async () => {
      const server = await HttpServer.start(home);
      const host = await server.connect();
      const id = await home.spawn('fake-idle');
      let progress = 0;
      const wait = host.client.callTool(
        {
          name: 'observe_worker',
          arguments: { session_id: id, wait_for: ['error'], timeout_seconds: 45 },
        },
        undefined,
        { onprogress: () => progress++ },
      );
      wait.catch(() => {});
      await until('the wait to begin', () => progress > 0);
      server.child.kill(signal);
      await until('the end of the server', () => server.child.exitCode !== null);
      assert.equal(server.child.exitCode, 0);
      assert.equal(home.session(id).alive, 1);
      await host.client.close();
      await home.run(['terminate', id]);
    });
  }

  it('suggests a command when its port is taken, and when an option lacks --http', async () => {
    const { port } = await HttpServer.start(home);
    const taken = await home.run(['mcp', '--http', '--port', port]);
    assert.equal(taken.code, 1);
    assert.match(taken.stderr, /Port \d+ of 127\.0\.0\.1 is taken[\s\S]*try: agentpool mcp --http --port 0/);
    const { code, stderr } = await home.run(['mcp', '--port', '0']);
    assert.equal(code, 2);
    assert.match(stderr, /belong to --http, which is missing[\s\S]*try: agentpool mcp --http/);
  });
});

describe('the token of the MCP server over HTTP', () => {
  it('is created once, shown once, and readable by its user only', async () => {
    const home = new Home();
    const file = join(home.folder, 'mcp-token');
    const first = await HttpServer.start(home);
    assert.match(first.token, /^[\w-]{43}$/);
    assert.equal(first.shown, first.token);
    assert.equal(statSync(file).mode & 0o777, 0o600);
    const second = await HttpServer.start(home);
    assert.equal(second.shown, null);
    assert.doesNotMatch(second.stderr, new RegExp(first.token));
    await second.connect(first.token);

    const third = await HttpServer.start(home, ['--new-token']);
    assert.ok(third.shown && third.shown !== first.token);
    assert.equal((await first.ask({})).status, 401, 'a renewal applies to running servers');
    await first.connect(third.token);

    chmodSync(file, 0o644);
    assert.equal((await third.ask({})).status, 401, 'a token that others can read is invalid');
    const fourth = await HttpServer.start(home);
    assert.ok(fourth.shown && fourth.shown !== third.token);
  });
});

describe('a request over HTTP', () => {
  const home = new Home();
  const served = HttpServer.start(home);

  it('is accepted with the names of this machine only, however they are written', async () => {
    const server = await served;
    const { port } = server;
    const status = async (headers: Record<string, string>) => (await server.ask({ headers })).status;
    for (const host of ['127.0.0.1', 'localhost', 'LocalHost', '[::1]'])
      assert.equal(await status({ host: `${host}:${port}`, origin: `http://${host}:${port}` }), 200, host);
    for (const host of [
      ...['evil.example', `evil.example:${port}`, '127.0.0.1', 'localhost', '[::1]', '127.0.0.1:1'],
      ...[`127.0.0.1.evil.example:${port}`, `localhost.evil.example:${port}`, `localhost.:${port}`],
      ...[`[::ffff:127.0.0.1]:${port}`, `[::]:${port}`, `::1:${port}`, `0.0.0.0:${port}`, `127.1:${port}`],
      ...[`2130706433:${port}`, `127.0.0.1:${port}@evil.example`, `127.0.0.1:0${port}`, `127.0.0.1: ${port}`],
    ])
      assert.equal(await status({ host }), 403, host);
    for (const origin of [
      ...['null', '', 'http://evil.example', `http://evil.example:${port}`, 'http://localhost', 'file://'],
      ...[`https://localhost:${port}`, 'http://localhost:1', `http://[::ffff:127.0.0.1]:${port}`],
      ...[`http://localhost:${port}.evil.example`, `http://localhost:${port}, http://evil.example`],
    ])
      assert.equal(await status({ origin }), 403, origin);
  });

  it('is accepted with the token only, and the refusal reveals nothing of it', async () => {
    const server = await served;
    const { token } = server;
    for (const authorization of [
      ...['', 'Bearer', 'Bearer ', `Basic ${token}`, token, `Bearer ${token}x`, `Bearer ${token.slice(1)}`],
      ...[`Bearer ${token} ${token}`, `Bearer ${'x'.repeat(8000)}`],
    ]) {
      const { status, headers, text } = await server.ask({ headers: { authorization } });
      assert.equal(status, 401, authorization);
      assert.equal(headers['www-authenticate'], 'Bearer realm="agentpool"');
      assert.doesNotMatch(text, new RegExp(token));
    }
    assert.equal((await server.ask({ headers: { authorization: `bearer  ${token}` } })).status, 200);
    const preflight = await server.ask({ method: 'OPTIONS', headers: { authorization: '' } });
    assert.equal(preflight.headers['access-control-allow-origin'], undefined);
  });

  it('is for the endpoint, with an existing session', async () => {
    const server = await served;
    const ask = async (options: Parameters<typeof server.ask>[0]) => (await server.ask(options)).status;
    for (const path of ['/', '/mcp/', '/mcp/../mcp', '//mcp', 'http://evil.example/mcp'])
      assert.equal(await ask({ path }), 404, path);
    assert.equal(await ask({ path: '/mcp?x=1' }), 200);
    const none = { 'mcp-session-id': '00000000-0000-4000-8000-000000000000' };
    for (const method of ['POST', 'GET', 'DELETE'])
      assert.equal(await ask({ method, headers: none }), 404, method);
    for (const method of ['GET', 'DELETE', 'PUT', 'OPTIONS'])
      assert.equal(await ask({ method }), 400, method);
    const ping = JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'ping' });
    assert.equal(await ask({ body: ping }), 400, 'a first request that is not initialize');
    assert.equal(await ask({ body: '{' }), 400);
    assert.equal(await ask({ headers: { 'content-type': 'text/plain' } }), 415);
    assert.equal(await ask({ headers: { accept: 'text/html' } }), 406);
    const { headers } = await server.ask({});
    const session = { 'mcp-session-id': String(headers['mcp-session-id']) };
    assert.equal(
      await ask({ headers: { ...session, 'mcp-protocol-version': '1999-01-01' }, body: ping }),
      400,
    );
    assert.equal(await ask({ headers: session, body: ping }), 200);
    assert.equal(await ask({ method: 'DELETE', headers: session }), 200);
    assert.equal(await ask({ headers: session, body: ping }), 404);
  });

  it('has a body of limited size', async () => {
    const server = await served;
    const body = Buffer.alloc(5 * 1024 * 1024, ' ');
    const answer = await server.ask({ body }).catch((error: NodeJS.ErrnoException) => error.code);
    // The server may close the connection before all of it is sent.
    if (typeof answer === 'object') assert.equal(answer.status, 413);
    else assert.match(String(answer), /ECONNRESET|EPIPE/);
    assert.equal((await server.ask({})).status, 200);
  });

  it('comes from this machine: nothing listens on another address', async () => {
    const { port } = await served;
    const refused = await new Promise((done) => {
      const socket = connect({ host: '::1', port: Number(port) });
      socket.once('connect', () => done(false)).once('error', () => done(true));
    });
    assert.equal(refused, true);
    const tcp = '/proc/net/tcp';
    if (!existsSync(tcp)) return;
    const at = `:${Number(port).toString(16).toUpperCase().padStart(4, '0')} 00000000:0000 0A`;
    const listening = readFileSync(tcp, 'utf8')
      .split('\n')
      .filter((line) => line.includes(at));
    assert.equal(listening.length, 1);
    assert.match(listening[0] ?? '', /0100007F:/);
  });

  it('is refused when the token file is a link, is missing, or has other content', async () => {
    const server = await served;
    const file = join(home.folder, 'mcp-token');
    renameSync(file, `${file}.old`);
    assert.equal((await server.ask({})).status, 401);
    symlinkSync(`${file}.old`, file);
    assert.equal((await server.ask({})).status, 401);
    unlinkSync(file);
    writeFileSync(file, 'short\n', { mode: 0o600 });
    assert.equal((await server.ask({ headers: { authorization: 'Bearer short' } })).status, 401);
  });
});
