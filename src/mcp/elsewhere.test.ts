import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { Postgres, withoutPostgres } from '../fleet/testing/postgres.ts';
import { type Machines, twoMachines } from '../workers/watch/steering/testing/two-machines.ts';
import { Host } from './testing/host.ts';

const server = await Postgres.start();
// What is started in a hook ends with that hook.
const machines = withoutPostgres
  ? null
  : await twoMachines(server, (desk) => desk.accepts(['send', 'answer', 'terminate', 'spawn']));

describe('a host steers a worker of another machine', { skip: withoutPostgres }, () => {
  const { laptop, desk } = machines ?? ({} as Machines);

  it('from its spawn to its end', async () => {
    const host = await Host.open(laptop);
    const spawned = await host.call('spawn_worker', {
      provider_id: 'menu',
      task: 'Choose one',
      repo_path: desk.repo,
      machine: 'desk',
    });
    assert.equal(spawned.machine, 'desk');
    assert.equal(spawned.next_tool, null);
    assert.ok(!('question' in spawned.session));
    const { session_id: menu } = spawned;
    await desk.reaches(menu, 'AWAITING_APPROVAL', 'AWAITING_USER_INPUT');
    await laptop.knows(menu);
    const waits = await host.refused('send_worker_message', { session_id: menu, message: 'hello' });
    assert.match(waits, /^DIALOG_WAITS/);
    // It could not be observed from here.
    assert.doesNotMatch(waits, /observe_worker/);
    const answered = await host.call('answer_worker', { session_id: menu, choice: '1' });
    assert.deepEqual([answered.delivery, answered.machine], ['delivered', 'desk']);

    const session_id = await desk.waiting();
    await laptop.knows(session_id);
    const sent = await host.call('send_worker_message', { session_id, message: 'go on' });
    assert.deepEqual([sent.ok, sent.machine, sent.next_tool], [true, 'desk', null]);
    const ended = await host.call('terminate_worker', { session_id, reason: 'done' });
    assert.deepEqual([ended.state, ended.machine, ended.next_tool], ['CANCELLED', 'desk', null]);
    const [requested] = desk.eventsOf('worker.termination_requested', session_id);
    assert.equal(requested?.metadata.reason, 'done');
    assert.deepEqual((requested?.metadata.asked_by as { actor?: string }).actor, 'mcp');
  });

  it('and is refused what does not go across machines', async () => {
    const host = await Host.open(laptop);
    const request = { provider_id: 'menu', task: 'Choose', repo_path: desk.repo, machine: 'desk' };
    assert.match(await host.refused('spawn_worker', { ...request, queue: true }), /INVALID_REQUEST/);
    assert.match(
      await host.refused('spawn_worker', { ...request, machine: 'attic' }),
      /FLEET_MACHINE_UNKNOWN/,
    );
    desk.accepts(['send']);
    assert.match(await host.refused('spawn_worker', request), /FLEET_STEERING_REFUSED/);
  });
});
