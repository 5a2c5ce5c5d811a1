import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { Home } from '../workers/testing/home.ts';
import { Host } from './testing/host.ts';

describe('a wait for any of several workers', () => {
  const home = new Home({ agents: [{ id: 'done', program: 'fake-done', env: { FAKE_WORK_MS: '900' } }] });
  const spawn = async (host: Host, provider_id: string): Promise<string> =>
    (await host.call('spawn_worker', { provider_id, task: 'Wait', repo_path: home.repo })).session_id;

  it('ends once for each moment, and tells at once when nothing else will happen', async () => {
    const host = await Host.open(home);
    const workers = [await spawn(host, 'fake-idle'), await spawn(host, 'fake-question')];
    const first = await host.call('wait_for_any');
    const second = await host.call('wait_for_any');
    assert.deepEqual([first.session_id, second.session_id].sort(), workers.toSorted());
    assert.equal(second.metadata.reported_before, undefined);
    const third = await host.call('wait_for_any');
    assert.deepEqual(
      [third.session_id, third.metadata.reported_before],
      [workers[1], true],
      'the one that asks',
    );
    assert.deepEqual(third.others, [{ session_id: workers[0], state: 'IDLE', needs_you: true }]);

    await host.call('send_worker_message', { session_id: workers[1], message: 'migrations first' });
    const done = await host.call('wait_for_any', { session_ids: workers });
    assert.deepEqual([done.session_id, done.event], [workers[1], 'completed']);
    for (const session_id of workers) await host.call('terminate_worker', { session_id });
    assert.match(await host.refused('wait_for_any'), /No worker of yours is live/);
  });

  it('tells of a worker that has ended between two calls', async () => {
    const host = await Host.open(home);
    const idle = await spawn(host, 'fake-idle');
    assert.equal((await host.call('wait_for_any')).session_id, idle);
    const quick = await spawn(host, 'done');
    await home.reaches(quick, 'COMPLETED');
    await home.json(['terminate', quick]);
    const seen = await host.call('wait_for_any');
    assert.deepEqual([seen.session_id, seen.state], [quick, 'COMPLETED']);
    await host.call('terminate_worker', { session_id: idle });
  });

  it('does not count a cancelled call as reported, nor what another client was reported', async () => {
    const host = await Host.open(home);
    const id = await spawn(host, 'fake-idle');
    await home.reaches(id, 'IDLE');
    const cancelled = new AbortController();
    cancelled.abort();
    await assert.rejects(host.call('wait_for_any', {}, { signal: cancelled.signal }));
    const other = await Host.open(home);
    assert.equal(
      (await other.call('wait_for_any', { session_ids: [id] })).metadata.reported_before,
      undefined,
    );
    const seen = await host.call('wait_for_any');
    assert.deepEqual([seen.session_id, seen.metadata.reported_before], [id, undefined]);
    await host.call('terminate_worker', { session_id: id });
  });

  it('lists the files that exist, and no others', async () => {
    const host = await Host.open(home);
    const id = await spawn(host, 'fake-idle');
    const { artifact_manifest } = await host.call('observe_worker', { session_id: id });
    const { files } = await host.call('get_artifact_manifest', { session_id: id });
    for (const listed of [artifact_manifest.files, files]) {
      assert.ok(listed.length > 0);
      assert.ok(listed.every(({ exists }: { exists: boolean }) => exists));
    }
    await host.call('terminate_worker', { session_id: id });
  });
});
