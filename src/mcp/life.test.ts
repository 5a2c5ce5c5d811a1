import assert from 'node:assert/strict';
import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import {
  LoggingMessageNotificationSchema,
  ResourceUpdatedNotificationSchema,
} from '@modelcontextprotocol/sdk/types.js';
import { until } from '../lib/testing/until.ts';
import { Home } from '../workers/testing/home.ts';
import { Host } from './testing/host.ts';

describe('a delegation through MCP', () => {
  const home = new Home();
  const spawn = (host: Host, provider_id: string, more: object = {}) =>
    host.call('spawn_worker', { provider_id, task: 'Plan the work', repo_path: home.repo, ...more });

  it('goes from the usage summary to the end of the worker', async () => {
    const host = await Host.open(home, ['--toolsets', 'all']);
    const { providers } = await host.call('get_usage_summary');
    assert.ok(providers['fake-question']);
    const filtered = await host.call('filter_candidates', { allowed_providers: ['fake-question'] });
    assert.equal(filtered.candidates.length, 1);
    assert.equal(filtered.candidates[0].provider_id, 'fake-question');
    assert.deepEqual(filtered.excluded[0], {
      provider_id: 'codex-cli',
      reason: 'not among the allowed providers',
    });

    const { session_id, session, attach_command } = await spawn(host, 'fake-question');
    assert.equal(session.provider_id, 'fake-question');
    assert.match(attach_command, /^tmux /);

    const progress: unknown[] = [];
    const asked = await host.call(
      'observe_worker',
      { session_id, wait_for: ['question'], timeout_seconds: 45, include_recent_log: true },
      { onprogress: (each) => progress.push(each) },
    );
    assert.equal(asked.event, 'question');
    assert.equal(asked.parsed_question_available, true);
    assert.deepEqual(asked.worker_output, { detail: 'summary', included: false });
    assert.ok(!JSON.stringify(asked).includes('migrations'), 'worker text only on request');
    assert.equal(asked.recent_log[0].type, 'worker.spawn_requested');
    assert.ok(progress.length > 0);

    const read = await host.call('poll_worker', { session_id, detail: 'excerpt' });
    assert.match(read.parsed_question.text, /<<<agentpool-worker-output \w+\n[\s\S]*migrations/);

    const sent = await host.call('send_worker_message', { session_id, message: 'migrations first' });
    assert.equal(sent.ok, true);
    const done = await host.call('wait_for_any', { session_ids: [session_id], wait_for: ['completed'] });
    assert.equal(done.event, 'completed');
    assert.equal(done.session_id, session_id);

    const collected = await host.call('collect_worker_artifacts', { session_id, detail: 'excerpt' });
    assert.equal(collected.result, 'present');
    assert.match(collected.worker_output.text, /The answer was: migrations first/);
    const { text } = await host.call('read_worker_transcript', { session_id, tail_lines: 50 });
    assert.match(text, /^<<<agentpool-worker-output /);

    assert.equal((await host.call('terminate_worker', { session_id })).ok, true);
    const { sessions, pagination } = await host.call('list_sessions', { state: ['completed', 'CANCELLED'] });
    assert.deepEqual([sessions[0].id, pagination.total], [session_id, 1]);
    assert.ok((await host.call('get_session', { session_id })).timeline.length > 1);
    const replayed = await host.call('replay_worker', { session_id, verify: true });
    assert.equal(replayed.verification.ok, true);
    assert.equal(replayed.events[0].type, 'worker.spawn_requested');
    assert.equal((await host.call('verify_ledger')).ok, true);
    const { files } = JSON.parse(await host.read(`agentpool://artifacts/${session_id}`));
    assert.ok(
      files.some(({ kind, exists }: { kind: string; exists: boolean }) => kind === 'result' && exists),
    );
    assert.equal(host.stderr, '');
  });

  it('has separate workers: another server lists them only with include_all', async () => {
    const [mine, other] = [await Host.open(home), await Host.open(home, ['--toolsets', 'sessions,default'])];
    const { session_id } = await spawn(mine, 'fake-idle');
    assert.deepEqual((await other.call('list_sessions')).sessions, []);
    const { sessions } = await other.call('list_sessions', { include_all: true });
    assert.ok(sessions.some(({ id }: { id: string }) => id === session_id));
    assert.match(await other.refused('wait_for_any'), /^INVALID_REQUEST: No worker of yours is live/);
    await other.call('terminate_worker', { session_id });
  });

  it('goes on with a worker whose process is gone', async () => {
    const host = await Host.open(home);
    const { session_id } = await spawn(host, 'fake-resume');
    await host.call('observe_worker', { session_id, wait_for: ['completed'], timeout_seconds: 45 });
    assert.match(
      await host.refused('resume_worker', { session_id }),
      /^SESSION_ALIVE: .*send_worker_message/s,
    );
    await host.call('terminate_worker', { session_id });
    const resumed = await host.call('resume_worker', { session_id, task: 'now the tests' });
    assert.deepEqual(
      [resumed.run, resumed.mode, resumed.next_tool.name],
      [2, 'conversation', 'observe_worker'],
    );
    const done = await host.call('observe_worker', {
      session_id,
      wait_for: ['completed'],
      timeout_seconds: 45,
    });
    assert.equal(done.state, 'COMPLETED');
    await host.call('terminate_worker', { session_id });
  });

  it('edits in a worktree, and removes it', async () => {
    const host = await Host.open(home, ['--toolsets', 'all']);
    const { session_id } = await spawn(host, 'fake-patch', { isolation: 'worktree', role: 'implementer' });
    await host.call('observe_worker', { session_id, wait_for: ['completed'], timeout_seconds: 45 });
    const { git, diff } = await host.call('collect_worker_artifacts', { session_id, detail: 'full' });
    assert.ok(git.changed_count > 0);
    assert.match(diff.text, /^<<<agentpool-worker-output \w+\n[\s\S]*diff --git/);
    const { worktrees } = await host.call('list_worktrees', { repo_path: home.repo });
    assert.equal(worktrees[0].session_id, session_id);
    await host.call('terminate_worker', { session_id });
    assert.equal((await host.call('cleanup_worktree', { session_id, force: true })).removed, true);
  });

  it('notifies a subscriber of what another process has changed', async () => {
    const host = await Host.open(home);
    const updated: string[] = [];
    host.client.setNotificationHandler(ResourceUpdatedNotificationSchema, ({ params }) => {
      updated.push(params.uri);
    });
    await host.client.subscribeResource({ uri: 'agentpool://sessions' });
    await host.client.subscribeResource({ uri: 'agentpool://preferences.md' });
    const id = await home.spawn('fake-idle');
    await until('the sessions to change', () => updated.includes('agentpool://sessions'));
    writeFileSync(join(home.folder, 'preferences.md'), '- Ask me first.\n');
    await until('the preferences to change', () => updated.includes('agentpool://preferences.md'));
    assert.match(await host.read('agentpool://preferences.md'), /Ask me first/);
    for (const kind of ['transcript', 'events']) {
      const uri = `agentpool://sessions/${id}/${kind}`;
      await host.client.subscribeResource({ uri });
      updated.length = 0;
      assert.equal((await home.run(['send', id, `something for the ${kind}`])).code, 0);
      await until(`the ${kind} to change`, () => updated.includes(uri));
    }
    await host.client.subscribeResource({ uri: 'agentpool://usage' });
    writeFileSync(join(home.folder, 'config.yaml'), 'version: 1\n');
    await until('the usage to change', () => updated.includes('agentpool://usage'));
    await assert.rejects(
      host.client.subscribeResource({ uri: 'agentpool://sessions/ap_nobody/events' }),
      /TMUX_SESSION_NOT_FOUND/,
    );
    const { completion: providers } = await host.client.complete({
      ref: { type: 'ref/prompt', name: 'agentpool_delegate_read_only' },
      argument: { name: 'provider_id', value: 'fake-q' },
    });
    assert.deepEqual(providers.values, ['fake-question']);
    const { completion } = await host.client.complete({
      ref: { type: 'ref/resource', uri: 'agentpool://artifacts/{session_id}' },
      argument: { name: 'session_id', value: id.slice(0, 6) },
    });
    assert.ok(completion.values.includes(id));
    await host.call('terminate_worker', { session_id: id });
  });

  it('reports each problem in config.yaml once, also when the file changes meanwhile', async () => {
    const host = await Host.open(home);
    const updated: unknown[] = [];
    host.client.setNotificationHandler(LoggingMessageNotificationSchema, ({ params }) => {
      updated.push(params.data);
    });
    const config = join(home.folder, 'config.yaml');
    writeFileSync(config, 'version: 1\nno_such_key: 1\n');
    for (let call = 0; call < 3; call++) await host.call('get_delegation_preferences');
    await until('the warning', () => updated.length > 0);
    assert.equal(updated.length, 1);
    assert.match(String(updated[0]), /^config\.yaml:2:.*no_such_key/);
    rmSync(config);
  });

  it('calls tools with the config as it is now, and with the last valid one while it has a fault', async () => {
    const host = await Host.open(home);
    const logged: unknown[] = [];
    host.client.setNotificationHandler(LoggingMessageNotificationSchema, ({ params }) => {
      logged.push([params.level, params.data]);
    });
    await host.call('get_inventory');
    home.configure([{ id: 'mine', program: 'fake-idle' }]);
    assert.ok((await host.call('get_usage_summary')).providers.mine, 'a provider that was added');
    writeFileSync(join(home.folder, 'config.yaml'), 'version: 1\nnotify: loudly\n');
    for (let call = 0; call < 2; call++)
      assert.ok((await host.call('get_usage_summary')).providers.mine, 'the last valid config');
    await until('the error', () => logged.length > 0);
    assert.equal(logged.length, 1);
    assert.match(String(logged[0]), /^error,.*config\.yaml:2:9: .*The last valid config stays in force\.$/);
    home.configure([{ id: 'other', program: 'fake-idle' }]);
    const { providers } = await host.call('get_usage_summary');
    assert.deepEqual([providers.mine, typeof providers.other], [undefined, 'object']);
    rmSync(join(home.folder, 'config.yaml'));
  });
});
