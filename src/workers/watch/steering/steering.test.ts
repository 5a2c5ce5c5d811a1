import assert from 'node:assert/strict';
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { Postgres, withoutPostgres } from '../../../fleet/testing/postgres.ts';
import { until } from '../../../lib/testing/until.ts';
import { saidBy } from '../../testing/home.ts';
import { type Machines, twoMachines } from './testing/two-machines.ts';

const ALL = ['send', 'answer', 'terminate', 'spawn'];
const server = await Postgres.start();
// What is started in a hook ends with that hook.
const machines = withoutPostgres ? null : await twoMachines(server, (home) => home.accepts(ALL));

describe('a worker of another machine', { skip: withoutPostgres }, () => {
  const { laptop, desk } = machines ?? ({} as Machines);
  let id: string;

  it('gets a message, and the logs of both machines say who asked', async () => {
    id = await desk.waiting();
    await laptop.knows(id);
    const sent = await laptop.json(['send', id, 'migrations first'], {
      env: { AGENTPOOL_COORDINATOR_ID: 'ci' },
    });
    assert.deepEqual([sent.ok, sent.session_id, sent.delivery], [true, id, 'delivered']);
    assert.equal(sent.machine, 'desk');
    assert.deepEqual(desk.messages().slice(1), ['migrations first']);
    const [accepted] = desk.eventsOf('steering.accepted');
    const [message] = desk.eventsOf('worker.message_sent', id);
    assert.equal(message?.position, sent.event_id);
    assert.equal(message?.causation_id, accepted?.event_id);
    assert.deepEqual(message?.metadata.asked_by, { machine: 'laptop', coordinator: 'ci', actor: 'cli' });
    const [requested] = laptop.eventsOf('steering.requested');
    assert.deepEqual(requested?.data.asked_by, { coordinator: 'ci', actor: 'cli' });
    assert.equal(requested?.data.request_id, accepted?.data.request_id);
    assert.equal(requested?.position, accepted?.data.position);
  });

  it('is named by the beginning of its id', async () => {
    const { stdout } = await laptop.run(['send', id.slice(0, 8), 'and tests']);
    assert.match(stdout, new RegExp(`^delivered to ${id} on desk$`, 'm'));
    assert.equal(await laptop.refused(['send', id.slice(0, 5), 'too short']), 'TMUX_SESSION_NOT_FOUND');
    assert.equal(await laptop.refused(['send', 'ap_nowhere', 'anyone?']), 'TMUX_SESSION_NOT_FOUND');
  });

  it('gets the messages of several callers one after the other', async () => {
    const texts = ['first caller', 'second caller', 'third caller'];
    const sent = await Promise.all(texts.map((text) => laptop.json(['send', id, text])));
    assert.deepEqual(
      sent.map(({ ok, machine }) => [ok, machine]),
      texts.map(() => [true, 'desk']),
    );
    assert.deepEqual(desk.messages().slice(-3).sort(), [...texts].sort());
  });

  it('gets no message that holds a secret, and nothing of it is recorded', async () => {
    const events = laptop.events().length;
    const secret = `use ghp_${'aB3dE5fG7h'.repeat(4).slice(0, 36)}`;
    assert.equal(await laptop.refused(['send', id, secret]), 'FLEET_STEERING_SECRET');
    assert.equal(laptop.events().length, events);
  });

  it('refuses what it refuses its own callers, with the same error', async () => {
    const { error } = await laptop.json(['answer', id, '--choice', '1']);
    assert.equal(error.code, 'NO_DIALOG');
    assert.equal(error.details.machine, 'desk');
    assert.equal(await laptop.refused(['send', id, 'x', '--wait']), 'INVALID_REQUEST');
    assert.equal(await laptop.refused(['send', id, 'x', '--force']), 'INVALID_REQUEST');
  });

  it('answers its dialog', async () => {
    const menu = await desk.spawn('menu');
    await desk.reaches(menu, 'AWAITING_APPROVAL', 'AWAITING_USER_INPUT');
    await laptop.knows(menu);
    assert.equal(await laptop.refused(['send', menu, 'hello']), 'DIALOG_WAITS');
    const answered = await laptop.json(['answer', menu, '--choice', '1']);
    assert.deepEqual([answered.ok, answered.delivery, answered.machine], [true, 'delivered', 'desk']);
    assert.equal(answered.choice.number, 1);
  });

  it('is started there, by the policy there, and ended from here', async () => {
    const words = ['spawn', '--machine', 'desk', '--provider', 'fake-question', '--task', 'Find the parser'];
    const spawned = await laptop.json([...words, '--repo', desk.repo]);
    assert.equal(spawned.machine, 'desk');
    assert.equal(spawned.session.repo_path, desk.repo);
    const session = desk.session(spawned.session_id);
    assert.equal(session.coordinator_id, 'fleet');
    assert.equal(JSON.parse(session.metadata).asked_by.machine, 'laptop');
    await laptop.knows(spawned.session_id);
    const { stdout } = await laptop.run(['terminate', spawned.session_id]);
    assert.match(stdout, new RegExp(`^ended ${spawned.session_id} on desk \\(CANCELLED\\)`, 'm'));
    assert.equal((await desk.ends(spawned.session_id)).state, 'CANCELLED');

    desk.accepts(ALL, { policy: { denied_providers: ['fake-question'] } });
    const { error } = await laptop.json([...words, '--repo', desk.repo]);
    assert.equal(error.code, 'POLICY_BLOCKED');
    assert.equal(error.details.machine, 'desk');
    desk.accepts(ALL);
  });

  it('is started only on a machine of the fleet, in a folder of that machine', async () => {
    const spawn = (machine: string, ...more: string[]) =>
      laptop.refused(['spawn', '--machine', machine, '--provider', 'fake-idle', '--task', 'Wait', ...more]);
    assert.equal(await spawn('attic', '--repo', '/r'), 'FLEET_MACHINE_UNKNOWN');
    assert.equal(await spawn('laptop', '--repo', '/r'), 'INVALID_REQUEST');
    assert.equal(await spawn('desk'), 'INVALID_REQUEST');
    assert.equal(await spawn('desk', '--repo', '/r', '--setup', 'true'), 'INVALID_REQUEST');
    assert.equal(await spawn('desk', '--repo', '/r', '--queue'), 'INVALID_REQUEST');
  });

  it('is left alone once its owner has taken that out of fleet.accept', async () => {
    desk.accepts(['answer']);
    const messages = desk.messages().length;
    const { error } = await laptop.json(['send', id, 'still there?']);
    assert.equal(error.code, 'FLEET_STEERING_REFUSED');
    assert.match(error.message, /desk does not accept send .*it accepts answer\..*fleet\.accept/);
    assert.deepEqual(error.details.accepts, ['answer']);
    assert.equal(desk.messages().length, messages);
    desk.accepts(ALL);
    assert.equal((await laptop.json(['send', id, 'now it is'])).machine, 'desk');
  });

  it('is left alone by default', async () => {
    const own = await laptop.waiting();
    await desk.knows(own);
    const { error } = await desk.json(['terminate', own]);
    assert.equal(error.code, 'FLEET_STEERING_REFUSED');
    assert.deepEqual(error.details.accepts, []);
    assert.equal(laptop.session(own).alive, 1);
  });

  it('gets nothing twice when the requests of another machine are fetched again', async () => {
    const messages = desk.messages();
    const asked = desk.steering();
    await desk.endCommands();
    rmSync(join(desk.folder, 'fleet'), { recursive: true });
    await desk.run(['observe', id]);
    await desk.meets('laptop');
    // Decided behind all that was fetched again.
    await laptop.json(['send', id, 'after the rest']);
    assert.deepEqual(desk.messages(), [...messages, 'after the rest']);
    assert.deepEqual(desk.steering(), [...asked, 'steering.accepted', 'steering.carried_out']);
  });

  it('gets nothing that arrives after its caller has stopped waiting', async () => {
    const messages = desk.messages();
    await desk.endCommands();
    const { error } = await laptop.json(['send', id, 'too late', '--timeout', '1']);
    assert.equal(error.code, 'FLEET_STEERING_UNANSWERED');
    assert.match(error.message, /desk did not decide within 1 s\..*The request was withdrawn/);
    assert.equal(laptop.steering().at(-1), 'steering.withdrawn');

    // One whose caller was killed before it could withdraw it.
    const asked = laptop.eventsOf('steering.requested').length;
    const caller = laptop.start(['send', id, 'from the grave', '--timeout', '1']);
    const over = saidBy(caller);
    await until('its request', () => laptop.eventsOf('steering.requested').length > asked);
    caller.kill('SIGKILL');
    await over;
    await until('it to be older than a second', () => {
      const last = laptop.eventsOf('steering.requested').at(-1);
      return last && Date.now() - Date.parse(last.occurred_at) > 1500;
    });
    assert.equal(laptop.steering().at(-1), 'steering.requested');

    await desk.run(['observe', id]);
    const refused = await until('both to be refused', () => {
      const last = desk.eventsOf('steering.refused').slice(-2);
      return last.every(({ data }) => data.code === 'FLEET_STEERING_EXPIRED') && last.length === 2 && last;
    });
    assert.match(refused[0]?.data.message ?? '', /withdrawn/);
    assert.match(refused[1]?.data.message ?? '', /valid for 1 s/);
    assert.deepEqual(desk.messages(), messages);
  });
});
