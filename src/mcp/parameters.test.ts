import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { until } from '../lib/testing/until.ts';
import { Home } from '../workers/testing/home.ts';
import { Host } from './testing/host.ts';

describe('a parameter beside the task', () => {
  const home = new Home({ config: { policy: { max_parallel_sessions: 1 } } });
  const request = { task: 'Plan the work', repo_path: home.repo };

  it('is stored: metadata with the session, the reason of a termination in the log', async () => {
    const host = await Host.open(home, ['--toolsets', 'all']);
    const metadata = { ticket: 'T-17', nested: { tries: [1, 2] }, api_key: 'hunter2hunter2' };
    const stored = { ...metadata, api_key: '[redacted:credential]' };
    const spawned = await host.call('spawn_worker', { ...request, provider_id: 'fake-idle', metadata });
    const { session_id } = spawned;
    assert.deepEqual(spawned.session.metadata, stored);
    assert.deepEqual((await host.call('get_session', { session_id })).session.metadata, stored);
    assert.deepEqual((await host.call('list_sessions')).sessions[0].metadata, stored);
    assert.match(
      await host.refused('spawn_worker', {
        ...{ ...request, provider_id: 'fake-idle' },
        metadata: { x: 'x'.repeat(5000) },
      }),
      /^INVALID_REQUEST: The metadata has more than 4096 characters/,
    );

    const reason = 'The user has changed their mind';
    assert.equal((await host.call('terminate_worker', { session_id, reason })).reason, reason);
    const types = ['worker.termination_requested', 'worker.terminated'];
    for (const event of home.events(session_id).filter(({ type }) => types.includes(type)))
      assert.deepEqual(event.metadata, { reason });
    const { events } = await host.call('replay_worker', { session_id, detail: 'full' });
    assert.match(events.at(-1).said.text, /reason: The user has changed their mind/);
  });

  it('can mark a turn as done, which makes a slot for another worker', async () => {
    const host = await Host.open(home, ['--toolsets', 'all']);
    const spawn = () => host.call('spawn_worker', { ...request, provider_id: 'fake-question' });
    const { session_id } = await spawn();
    await host.call('observe_worker', { session_id, wait_for: ['question'], timeout_seconds: 45 });
    assert.match(
      await host.refused('spawn_worker', { ...request, provider_id: 'fake-question' }),
      /^POLICY_BLOCKED/,
    );
    const collected = await host.call('collect_worker_artifacts', { session_id, mark_completed: true });
    assert.deepEqual([collected.state, collected.result], ['COMPLETED', 'missing']);
    const seen = await host.call('poll_worker', { session_id });
    assert.deepEqual([seen.state, seen.event], ['COMPLETED', 'completed']);
    assert.equal(home.session(session_id).result, null);
    const other = await spawn();
    assert.equal((await host.call('replay_worker', { session_id, verify: true })).verification.ok, true);
    await host.call('terminate_worker', { session_id: other.session_id });

    await host.call('terminate_worker', { session_id });
    const again = await host.call('collect_worker_artifacts', { session_id, mark_completed: true });
    assert.equal(again.state, 'COMPLETED', 'an ended worker keeps its state');
  });

  it('can type a message without sending it: the worker still waits for it', async () => {
    const host = await Host.open(home, ['--toolsets', 'all']);
    const { session_id } = await host.call('spawn_worker', { ...request, provider_id: 'fake-question' });
    await host.call('observe_worker', { session_id, wait_for: ['question'], timeout_seconds: 45 });
    const drafted = await host.call('send_worker_message', {
      ...{ session_id, message: 'migrations first', submit: false },
    });
    assert.equal(drafted.delivery, 'typed');
    const pane = home.session(session_id).tmux_pane;
    await until('the draft to be seen', () =>
      home.tmux(session_id, 'capture-pane', '-p', '-t', pane)?.includes('migrations first'),
    );
    const { state, event } = await host.call('poll_worker', { session_id });
    assert.deepEqual([state, event], ['AWAITING_USER_INPUT', 'question']);
    assert.match(
      await host.refused('send_worker_message', { session_id, message: 'one\ntwo', submit: false }),
      /^INVALID_REQUEST: .* a single line/,
    );
    home.tmux(session_id, 'send-keys', '-t', pane, 'Enter');
    const done = await host.call('observe_worker', {
      ...{ session_id, wait_for: ['completed'], timeout_seconds: 45 },
    });
    assert.equal(done.event, 'completed');
    const { worker_output } = await host.call('collect_worker_artifacts', { session_id, detail: 'full' });
    assert.match(worker_output.text, /The answer was: migrations first/);
    await host.call('terminate_worker', { session_id });
  });
});
