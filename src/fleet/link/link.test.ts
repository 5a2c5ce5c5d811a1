import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { until } from '../../lib/testing/until.ts';
import { Replica } from '../replicas/replica.ts';
import { FleetMachine } from '../testing/machines.ts';
import { Pooler, Postgres, withoutPostgres } from '../testing/postgres.ts';

const server = await Postgres.start();

/** A fleet in a database of its own. */
async function fleet(name: string, ...machines: string[]): Promise<FleetMachine[]> {
  await server.asOwner(`CREATE DATABASE ${name}`);
  const joined = [];
  for (const machine of machines) joined.push(await FleetMachine.join(server.url('owner', name), machine));
  return joined;
}

const errorOf = (machine: FleetMachine, code: string) =>
  until(
    code,
    () => machine.state()?.link.error?.code === code,
    () => JSON.stringify(machine.state()),
  );

describe('three machines of a fleet', { skip: withoutPostgres }, () => {
  it('have the logs of the others, byte for byte, and their own stays as it is', async () => {
    const [one, two, three] = (await fleet('three', 'one', 'two', 'three')) as [
      FleetMachine,
      FleetMachine,
      FleetMachine,
    ];
    one.append('before', 'it joined');
    for (const machine of [one, two, three]) machine.up();
    two.append('hello');
    one.append('and more');
    await Promise.all([two.has(one), three.has(one), one.has(two), three.has(two)]);
    assert.deepEqual(two.logOf(one), one.log());
    assert.deepEqual(three.logOf(two), two.log());
    assert.deepEqual(three.log(), []);
    assert.equal(one.state()?.link.listens, true);
    assert.deepEqual(
      three.state()?.machines.map(({ name, position, has_left, fault }) => [name, position, has_left, fault]),
      [
        ['one', 3, false, null],
        ['two', 1, false, null],
        ['three', 0, false, null],
      ],
    );
  });

  it('catch up after a time without a link', async () => {
    const [one, two] = (await fleet('apart', 'one', 'two')) as [FleetMachine, FleetMachine];
    one.up();
    one.append('a');
    await until('it to be shipped', () => one.state()?.machines[0]?.position === 1);
    await one.down();
    one.append(...Array.from({ length: 2500 }, (_, index) => `alone ${index}`));
    two.append('b');
    two.up();
    await until('all that there is', () => two.logOf(one).length === 1);
    one.up();
    await Promise.all([two.has(one), one.has(two)]);
    assert.deepEqual(two.logOf(one), one.log());
  });

  it('go on after the server was killed and came back', async () => {
    const [one, two] = (await fleet('crash', 'one', 'two')) as [FleetMachine, FleetMachine];
    one.up();
    two.up();
    one.append('a');
    await two.has(one);
    await server.crash();
    await until('the loss to be seen', () => one.state()?.link.state === 'waiting');
    assert.equal(one.state()?.link.error?.code, 'FLEET_UNREACHABLE');
    one.append('b');
    two.append('c');
    await server.up();
    await Promise.all([two.has(one), one.has(two)]);
    await until(
      'both to be connected',
      () => one.state()?.link.state === 'connected' && two.state()?.link.state === 'connected',
    );
  });
});

const pooler = await Pooler.start(server);

describe('the link of a machine', { skip: withoutPostgres }, () => {
  it('asks every second behind a pooler, which passes no reports on', { skip: !pooler }, async () => {
    await server.asOwner('CREATE DATABASE pooled');
    const url = server.url('owner', 'pooled').replace(String(server.port), String(pooler?.port));
    const one = await FleetMachine.join(url, 'one');
    const two = await FleetMachine.join(url, 'two');
    one.up();
    two.up();
    one.append('a');
    await two.has(one);
    two.append('b');
    await one.has(two);
    assert.deepEqual([one.state()?.link.state, one.state()?.link.listens], ['connected', false]);
  });

  it('shares nothing of a ledger that a backup was put in place of', async () => {
    const [one, two] = (await fleet('backup', 'one', 'two')) as [FleetMachine, FleetMachine];
    one.append('a', 'b', 'c');
    one.up();
    two.up();
    await two.has(one);
    await one.down();
    const restored = await FleetMachine.join(server.url('owner', 'backup'), 'unused');
    Object.assign(restored.member, one.member);
    restored.place = one.place;
    restored.ledger.store.restore(one.log().slice(0, 2));
    restored.up();
    await errorOf(restored, 'FLEET_LOG_BEHIND');
    await restored.down();
    restored.append('another', 'and one more');
    restored.up();
    await errorOf(restored, 'FLEET_LOG_DIVERGES');
    assert.equal(restored.state()?.link.state, 'stopped');
    assert.deepEqual(two.logOf(one), one.log());
  });

  it('shares nothing of a copy in another place', async () => {
    const [one] = (await fleet('copy', 'one')) as [FleetMachine];
    one.append('a');
    one.up();
    await until('it to be shipped', () => one.state()?.machines[0]?.position === 1);
    await one.down();
    one.place = 'elsewhere';
    one.append('b');
    one.up();
    await errorOf(one, 'FLEET_MOVED');
    const two = await FleetMachine.join(server.url('owner', 'copy'), 'two');
    two.up();
    await until('what was shared', () => two.logOf(one).length === 1);
  });

  it('shares nothing with another fleet', async () => {
    const [one] = (await fleet('other', 'one')) as [FleetMachine];
    one.member.fleetId = '00000000-0000-4000-8000-000000000000';
    one.append('a');
    one.up();
    await errorOf(one, 'FLEET_OTHER');
  });

  it('ships again what a database that was set back has lost', async () => {
    const [one, two] = (await fleet('set_back', 'one', 'two')) as [FleetMachine, FleetMachine];
    one.append('a', 'b', 'c');
    one.up();
    two.up();
    await two.has(one);
    await one.down();
    await two.down();
    const back = (position: number) => `
      ALTER TABLE agentpool.events DISABLE TRIGGER USER;
      DELETE FROM agentpool.events WHERE position > ${position};
      ALTER TABLE agentpool.events ENABLE TRIGGER USER;
      UPDATE agentpool.machines SET position = ${position},
        hash = (SELECT hash FROM agentpool.events e WHERE e.machine = machines.machine AND e.position = ${position})
      WHERE name = 'one'`;
    await server.asOwner(back(1), 'set_back');
    two.up();
    one.append('d');
    one.up();
    await two.has(one);
    assert.deepEqual(two.logOf(one), one.log());
  });

  it('joins a database again that was set back to a time before it', async () => {
    const [one, two] = (await fleet('before', 'one', 'two')) as [FleetMachine, FleetMachine];
    one.append('a');
    await server.asOwner("DELETE FROM agentpool.machines WHERE name = 'one'", 'before');
    one.up();
    two.up();
    await two.has(one);
  });

  it('names a log that does not follow from what is here, and goes on with the others', async () => {
    const [one, two, three] = (await fleet('forked', 'one', 'two', 'three')) as [
      FleetMachine,
      FleetMachine,
      FleetMachine,
    ];
    one.append('a');
    two.append('b');
    for (const machine of [one, two]) machine.up();
    // What three has fetched of one is of another history.
    const other = await FleetMachine.join(server.url('owner', 'forked'), 'other');
    other.append('another');
    const replica = new Replica(three.folder, one.member.machineId);
    replica.add(other.log());
    replica.close();
    one.append('c');
    await two.has(one);
    three.up();
    await three.has(two);
    const faultOf = (name: string) => three.state()?.machines.find((machine) => machine.name === name)?.fault;
    await until('the fault', () => faultOf('one'));
    assert.match(faultOf('one') ?? '', /does not follow from the 1 events that are here: at event 2/);
    assert.deepEqual(three.logOf(one), other.log());
    assert.equal(faultOf('two'), null);
  });
});
