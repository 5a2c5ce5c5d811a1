import assert from 'node:assert/strict';
import type { ChildProcess } from 'node:child_process';
import { createInterface } from 'node:readline';
import { describe, it, type TestContext } from 'node:test';
import { identity, isAlive } from '../lib/process/processes.ts';
import { until } from '../lib/testing/until.ts';
import { Home } from '../workers/testing/home.ts';
import { Host } from './testing/host.ts';

describe('many hosts at once', () => {
  const home = new Home();
  const CLIENTS = 8;
  const CALLS = 25;

  it('all get their answers, and the log has what each of them did', async () => {
    const worker = await home.spawn('fake-idle');
    const hosts = await Promise.all(
      Array.from({ length: CLIENTS }, () => Host.open(home, ['--toolsets', 'all'])),
    );
    const lease = (client: number, call: number) => `made/${client}-${call}.ts`;
    const calls = hosts.flatMap((host, client) =>
      Array.from({ length: CALLS }, (_, call) => {
        if (call % 5 === 0)
          return host.call('acquire_file_lease', { session_id: worker, file_path: lease(client, call) });
        if (call % 5 === 1) return host.call('poll_worker', { session_id: worker });
        if (call % 5 === 2) return host.call('list_sessions', { include_all: true });
        return host.call(call % 5 === 3 ? 'get_usage_summary' : 'list_file_leases');
      }),
    );
    await Promise.all(calls);
    const acquired = home.eventsOf('lease.acquired').map(({ data }) => data.path);
    const expected = hosts.flatMap((_, client) => [0, 5, 10, 15, 20].map((call) => lease(client, call)));
    assert.deepEqual(acquired.toSorted(), expected.toSorted());
    assert.equal((await home.json(['ledger', 'verify'])).ok, true);
    for (const { stderr } of hosts) assert.equal(stderr, '');
    await home.json(['terminate', worker]);
  });
});

describe('an MCP server whose host goes away', () => {
  const home = new Home();
  const exits: [string, (server: ChildProcess) => void][] = [
    ['closes its standard input', (server) => server.stdin?.end()],
    ['sends SIGTERM', (server) => server.kill('SIGTERM')],
    [
      'vanishes',
      (server) => {
        server.stdin?.destroy();
        server.stdout?.destroy();
      },
    ],
  ];

  for (const [how, go] of exits) {
    it(`in the middle of observe and ${how}: it ends, and the worker keeps running`, async (t) => {
      const id = await home.spawn('fake-idle');
      await home.reaches(id, 'IDLE');
      const before = home.events(id).length;
      const server = startServer(home);
      server.ask('observe_worker', { session_id: id, wait_for: ['completed'], timeout_seconds: 45 });
      // The answer to the second call shows that the first one is in progress.
      await server.answerTo(server.ask('list_sessions', {}));
      await endServer(t, server.child, go);
      const left = home.session(id);
      assert.deepEqual([left.alive, home.events(id).length], [1, before]);
      await home.json(['terminate', id]);
    });

    it(`in the middle of a spawn and ${how}: it ends, and there is a worker or there is none`, async (t) => {
      const server = startServer(home);
      await server.answerTo(server.ask('list_sessions', {}));
      const known = home.sessions().length;
      const request = { provider_id: 'fake-idle', task: 'Look around', repo_path: home.repo };
      server.ask('spawn_worker', request);
      await until('the intent to be in the log', () => home.sessions().length > known);
      await endServer(t, server.child, go);
      const id = home.sessions().at(-1)?.id ?? '';
      // Any command resolves what was interrupted.
      await until('the intent to be resolved', async () => {
        const { session } = await home.json(['session', 'show', id]);
        return session.state !== 'STARTING';
      });
      const { alive, pane_pid } = home.session(id);
      if (alive === 1) assert.ok(pane_pid && identity(pane_pid));
      await home.json(['terminate', id]);
      if (pane_pid) await until('the worker to be gone', () => identity(pane_pid) === null);
      assert.equal((await home.json(['ledger', 'verify'])).ok, true);
    });
  }
});

/** A server without an SDK client, which would end it in its own way. */
function startServer(home: Home) {
  const child = home.start(['mcp', '--toolsets', 'all']);
  const answered = new Set<number>();
  let last = 0;
  child.stdin?.on('error', () => {});
  if (child.stdout)
    createInterface(child.stdout).on('line', (line) => answered.add((JSON.parse(line) as { id: number }).id));
  const write = (message: object) =>
    child.stdin?.write(`${JSON.stringify({ jsonrpc: '2.0', ...message })}\n`);
  const clientInfo = { name: 'test', version: '1' };
  write({
    id: 0,
    method: 'initialize',
    params: { protocolVersion: '2025-06-18', capabilities: {}, clientInfo },
  });
  write({ method: 'notifications/initialized' });
  return {
    child,
    ask(name: string, args: object): number {
      write({ id: ++last, method: 'tools/call', params: { name, arguments: args } });
      return last;
    },
    answerTo: (id: number) => until(`the answer to call ${id}`, () => answered.has(id)),
  };
}

async function endServer(
  t: TestContext,
  child: ChildProcess,
  go: (child: ChildProcess) => void,
): Promise<void> {
  const process = identity(child.pid ?? 0);
  assert.ok(process);
  const start = performance.now();
  go(child);
  await until('the server to end', () => !isAlive(process));
  t.diagnostic(`ended after ${Math.round(performance.now() - start)} ms`);
}
