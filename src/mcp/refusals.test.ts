import assert from 'node:assert/strict';
import { existsSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { identity } from '../lib/process/processes.ts';
import { until } from '../lib/testing/until.ts';
import { Home } from '../workers/testing/home.ts';
import { Host } from './testing/host.ts';

describe('a refusal of the MCP server', () => {
  const home = new Home();

  it("names what is wrong with the arguments, and the tool's parameters", async () => {
    const host = await Host.open(home);
    const refusal = await host.refused('poll_worker', { session_id: '@last', detial: 'full', detail: 'all' });
    assert.match(
      refusal,
      /^INVALID_ARGUMENTS: .*no parameter "detial".*detail is one of summary,excerpt,full/,
    );
    assert.match(refusal, /It takes: session_id \(required\)/);
    assert.match(await host.refused('poll_worker'), /session_id/);
  });

  it('lists the known sessions', async () => {
    const id = await home.spawn('fake-idle');
    const host = await Host.open(home);
    const refusal = await host.refused('observe_worker', { session_id: 'ap_nobody' });
    assert.match(refusal, new RegExp(`^TMUX_SESSION_NOT_FOUND: .*\\nknown session ids: ${id}`));
    await host.call('terminate_worker', { session_id: id });
  });

  it('follows the policy', async () => {
    const host = await Host.open(home, ['--toolsets', 'all']);
    const request = { provider_id: 'auto', task: 'Look around', repo_path: home.repo };
    assert.match(await host.refused('spawn_worker', request), /^POLICY_BLOCKED: AgentPool never chooses/);
    const id = await home.spawn('fake-idle');
    assert.match(
      await host.refused('send_worker_keys', { session_id: id, keys: ['Enter'] }),
      /^POLICY_BLOCKED: Raw keys/,
    );
    await host.call('terminate_worker', { session_id: id });
  });

  it('asks for the absolute path of a folder to work in', async () => {
    const host = await Host.open(home, ['--toolsets', 'all']);
    for (const repo_path of ['.', 'repo', '~/repo', 'file:///tmp', '/', '/tmp/..']) {
      const request = { provider_id: 'fake-idle', task: 'Look around', repo_path };
      assert.match(
        await host.refused('spawn_worker', request),
        /^INVALID_REQUEST: repo_path .* absolute path/,
      );
      assert.match(await host.refused('list_worktrees', { repo_path }), /^INVALID_REQUEST: repo_path/);
    }
    assert.deepEqual(
      home.sessions().filter(({ repo_path }) => repo_path !== home.repo),
      [],
    );
  });

  it('prevents reading and writing outside of its folders', async () => {
    const host = await Host.open(home, ['--toolsets', 'all']);
    assert.match(await host.refused('validate_model_catalog', { path: '/etc/passwd' }), /^PATH_OUTSIDE_HOME/);
    assert.match(await host.refused('get_stats_card', { output_path: '../card.svg' }), /^PATH_OUTSIDE_HOME/);
    symlinkSync(home.ground, join(home.repo, 'out'));
    assert.match(await host.refused('get_stats_card', { output_path: 'out/card.svg' }), /^PATH_OUTSIDE_HOME/);
    const { shared } = await host.call('get_stats_card', { output_path: 'card.svg' });
    assert.equal(shared.path, join(home.repo, 'card.svg'));
    assert.match(await host.refused('get_stats_card', { output_path: 'card.svg' }), /^FILE_EXISTS/);
  });

  it('covers every path that leads out, however it is written', async () => {
    const host = await Host.open(home, ['--toolsets', 'all']);
    const id = await home.spawn('fake-idle');
    const outside = join(home.ground, 'outside');
    symlinkSync(join(outside, 'not-there-yet.svg'), join(home.repo, 'nowhere'));
    symlinkSync('loop', join(home.repo, 'loop'));
    const paths = [
      ...['/etc/passwd', '../outside/a.svg', 'a/../../outside/a.svg', `${home.folder}/../outside/a.svg`],
      ...['out/outside/a.svg', 'nowhere', 'nowhere/a.svg', 'loop', 'loop/a.svg', '/', '..', outside],
      ...['a\0.svg', '/etc/passwd\0.svg', `${'x'.repeat(5000)}.svg`, `../${'y/'.repeat(5000)}a.svg`],
    ];
    for (const path of paths) {
      const tools: [string, Record<string, unknown>][] = [
        ['get_stats_card', { output_path: path }],
        ['validate_model_catalog', { path }],
        ['get_artifact_manifest', { session_id: path }],
        ['read_worker_transcript', { session_id: path }],
      ];
      // A link that leads to itself is a name in the repository, and a lease writes nothing.
      if (!path.startsWith('loop'))
        for (const name of ['acquire_file_lease', 'release_file_lease'])
          tools.push([name, { session_id: id, file_path: path }]);
      for (const [name, args] of tools)
        assert.match(await host.refused(name, args), /^[A-Z_]+: /, `${name} ${path.slice(0, 50)}`);
      for (const kind of ['transcript', 'events', '../../x'])
        await assert.rejects(host.read(`agentpool://sessions/${encodeURIComponent(path)}/${kind}`));
      await assert.rejects(host.read(`agentpool://artifacts/${encodeURIComponent(path)}`));
    }
    await assert.rejects(host.read('agentpool://artifacts/%zz'), /TMUX_SESSION_NOT_FOUND/);
    assert.equal(existsSync(outside), false);
    await host.call('terminate_worker', { session_id: id });
  });

  it('of an unknown tool, resource or prompt lists the known ones', async () => {
    const { client } = await Host.open(home);
    await assert.rejects(client.callTool({ name: 'spawn' }), /There are: get_usage_summary/);
    await assert.rejects(client.readResource({ uri: 'agentpool://nothing' }), /There are: agentpool:/);
    await assert.rejects(client.getPrompt({ name: 'nothing' }), /There are: agentpool_quickstart/);
    await assert.rejects(
      client.getPrompt({ name: 'agentpool_delegate_read_only', arguments: { task: 'x' } }),
      /provider_id, repo_path/,
    );
  });

  it('of an unknown toolset prevents the start', async () => {
    const { code, stdout, stderr } = await home.run(['mcp', '--toolsets', 'session']);
    assert.equal(code, 2);
    assert.equal(stdout, '');
    assert.match(stderr, /Did you mean sessions\?/);
  });
});

describe('a wait through MCP', () => {
  const home = new Home();
  const waiting = async (host: Host) => {
    const spawned = { provider_id: 'fake-idle', task: 'Wait', repo_path: home.repo };
    const { session_id } = await host.call('spawn_worker', spawned);
    const cancelling = new AbortController();
    let progress = 0;
    const wait = host.call(
      'observe_worker',
      { session_id, wait_for: ['error'], timeout_seconds: 45 },
      { signal: cancelling.signal, onprogress: () => progress++ },
    );
    wait.catch(() => {});
    await until('the wait to begin', () => progress > 0);
    return { session_id, wait, cancelling };
  };

  it('ends when it is cancelled; the worker and the server keep running', async () => {
    const host = await Host.open(home);
    const { session_id, wait, cancelling } = await waiting(host);
    cancelling.abort('enough');
    await assert.rejects(wait, /enough/);
    const { state } = await host.call('poll_worker', { session_id });
    assert.notEqual(state, 'CANCELLED');
    assert.equal(home.session(session_id).alive, 1);
    await host.call('terminate_worker', { session_id });
  });

  it('ends when the host closes the connection; the worker keeps running', async () => {
    const host = await Host.open(home);
    const { session_id } = await waiting(host);
    const server = identity(host.pid);
    assert.ok(server);
    await host.client.close();
    await until('the end of the server', () => identity(server.pid)?.started !== server.started);
    assert.equal(home.session(session_id).alive, 1);
    await home.run(['terminate', session_id]);
  });

  it('ends with SIGTERM, and nothing of the server is left', async () => {
    const host = await Host.open(home);
    const { session_id } = await waiting(host);
    const server = identity(host.pid);
    assert.ok(server);
    process.kill(server.pid, 'SIGTERM');
    await until('the end of the server', () => identity(server.pid)?.started !== server.started);
    assert.equal(home.session(session_id).alive, 1);
    await home.run(['terminate', session_id]);
  });
});
