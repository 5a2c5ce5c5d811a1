import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import type { LeaseMode } from '../../events/catalogue/words.ts';
import { AgentPoolError } from '../../lib/errors.ts';
import { until } from '../../lib/testing/until.ts';
import { covers } from '../../machines/lease/decide.ts';
import { Postgres, withoutPostgres } from '../testing/postgres.ts';
import type { Database } from './connection.ts';
import { type Asker, leasesOf, releaseLeases, renewLeases, takeLease, type WantedLease } from './leases.ts';
import { join, leave } from './machines.ts';
import { grantsTo } from './schema.ts';
import { setUp } from './set-up.ts';

const server = await Postgres.start();
const ROOT = 'a'.repeat(40);

interface Client extends Asker {
  name: string;
  database: Database;
}

async function client(name: string, database = 'pool', role = 'owner'): Promise<Client> {
  const connection = await server.connect(role, database);
  if (role === 'owner') await setUp(connection);
  const asker = { machineId: randomUUID(), place: `at ${name}` };
  await join(connection, { ...asker, name, version: '0.3.0' });
  return { ...asker, name, database: connection };
}

async function clients(database: string, ...names: string[]): Promise<Client[]> {
  await server.asOwner(`CREATE DATABASE ${database}`);
  const all = [];
  for (const name of names) all.push(await client(name, database));
  return all;
}

const close = (all: readonly Client[]) => Promise.all(all.map(({ database }) => database.close()));

const wanted = (path: string, changes: Partial<WantedLease> = {}): WantedLease => ({
  repository: { url: 'example.org/team/project', root: ROOT },
  folder: '/home/me/project',
  session: 'ap_a',
  path,
  mode: 'write',
  seconds: 60,
  above: 0,
  ...changes,
});

const take = (of: Client, path: string, changes: Partial<WantedLease> = {}) =>
  takeLease(of.database, of, wanted(path, changes));

const fenceOf = async (taken: ReturnType<typeof take>): Promise<number> => {
  const granted = await taken;
  assert.ok('fence' in granted, JSON.stringify(granted));
  return granted.fence;
};

const holderOf = async (taken: ReturnType<typeof take>): Promise<string> => {
  const refused = await taken;
  assert.ok('holder' in refused, JSON.stringify(refused));
  return `${refused.holder.session} of ${refused.holder.machine}`;
};

const code = (expected: string) => (error: unknown) =>
  error instanceof AgentPoolError && error.code === expected;

describe('the leases of a fleet', { skip: withoutPostgres }, () => {
  it('exclude the workers of other machines, wherever the clone is', async () => {
    const [one, two] = (await clients('exclude', 'one', 'two')) as [Client, Client];
    const there = { folder: '/srv/clone', session: 'ap_b' };
    await fenceOf(take(one, 'src'));
    assert.equal(await holderOf(take(two, 'src/a.ts', { ...there, mode: 'read' })), 'ap_a of one');
    assert.equal(await holderOf(take(two, '', there)), 'ap_a of one');
    await fenceOf(take(two, 'srcs/a.ts', there));
    await fenceOf(take(two, 'src/a.ts', { ...there, repository: { url: '', root: ROOT } }));
    await close([one, two]);
  });

  it('are shared by readers, and excluded from by a writer until all have released', async () => {
    const [one, two] = (await clients('shared', 'one', 'two')) as [Client, Client];
    const reading = await fenceOf(take(one, 'a', { mode: 'read' }));
    await fenceOf(take(two, 'a', { mode: 'read', session: 'ap_b' }));
    assert.equal(await holderOf(take(two, 'a', { session: 'ap_b' })), 'ap_a of one');
    await releaseLeases(one.database, one, [{ ...wanted('a'), fence: reading }]);
    const writing = await fenceOf(take(two, 'a', { session: 'ap_b' }));
    assert.deepEqual(
      (await leasesOf(two.database, two)).map(({ path, mode, fence }) => [path, mode, fence]),
      [['a', 'write', writing]],
    );
    await close([one, two]);
  });

  it('of one machine exclude each other in two clones, and are left to its ledger in one', async () => {
    const [one] = (await clients('clones', 'one')) as [Client];
    await fenceOf(take(one, 'a'));
    await fenceOf(take(one, 'a', { session: 'ap_b' }));
    assert.equal(await holderOf(take(one, 'a', { folder: '/srv/clone', session: 'ap_c' })), 'ap_a of one');
    await close([one]);
  });

  it('reach a shallow clone by the address alone', async () => {
    const [one, two, three] = (await clients('shallow', 'one', 'two', 'three')) as [Client, Client, Client];
    const shallow = { repository: { url: 'example.org/team/project', root: '' } };
    await fenceOf(take(one, 'a', shallow));
    assert.equal(await holderOf(take(two, 'a')), 'ap_a of one');
    assert.equal(await holderOf(take(three, 'a', shallow)), 'ap_a of one');
    const fork = { repository: { url: 'example.org/team/project', root: 'b'.repeat(40) } };
    await fenceOf(take(three, 'a', fork));
    await close([one, two, three]);
  });

  it('are granted once they have expired, also to one who has waited for the lock meanwhile', async () => {
    const [one, two, keeper] = (await clients('expiry', 'one', 'two', 'keeper')) as [Client, Client, Client];
    await fenceOf(take(one, 'a', { seconds: 0.5 }));
    await keeper.database.run('BEGIN; SELECT 1 FROM agentpool.repositories FOR UPDATE');
    const waiting = fenceOf(take(two, 'a'));
    const waits =
      "SELECT 1 FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND query LIKE '%take_lease%'";
    const expired = 'SELECT 1 FROM agentpool.leases WHERE expires_at <= clock_timestamp()';
    for (const condition of [waits, expired])
      await until(condition, async () => (await one.database.rows(condition)).length > 0);
    await keeper.database.run('COMMIT');
    assert.equal(await waiting, 2);
    await close([one, two, keeper]);
  });

  it('are not renewed late, nor under an old fence', async () => {
    const [one, two] = (await clients('renewal', 'one', 'two')) as [Client, Client];
    const old = { ...wanted('old'), fence: await fenceOf(take(one, 'old')) };
    const again = { ...wanted('old'), fence: await fenceOf(take(one, 'old')) };
    // The last one taken: each lease that is taken removes those that have expired.
    const late = { ...wanted('late'), fence: await fenceOf(take(one, 'late', { seconds: 0.05 })) };
    const expired = "SELECT 1 FROM agentpool.leases WHERE path = 'late' AND expires_at <= clock_timestamp()";
    await until('the expiry', async () => (await one.database.rows(expired)).length > 0);
    assert.deepEqual(await renewLeases(one.database, one, [late, old, again]), [again]);
    await fenceOf(take(two, 'late'));
    assert.deepEqual(await renewLeases(one.database, one, [late]), []);
    await releaseLeases(one.database, one, [late, old]);
    assert.equal(await holderOf(take(two, 'old')), 'ap_a of one');
    assert.equal(await holderOf(take(one, 'late')), 'ap_a of two');
    await close([one, two]);
  });

  it('get higher fences than a machine has seen, also from a database that was set back', async () => {
    const [one, two] = (await clients('restored', 'one', 'two')) as [Client, Client];
    for (let round = 1; round <= 5; round++) assert.equal(await fenceOf(take(one, 'a')), round);
    await server.asOwner(
      'DELETE FROM agentpool.leases; UPDATE agentpool.repositories SET fence = 2',
      'restored',
    );
    assert.equal(await fenceOf(take(one, 'b', { above: 5 })), 6);
    assert.equal(await fenceOf(take(two, 'c')), 7);
    await assert.rejects(take(one, 'd', { above: 3_000_000_000 }), code('FLEET_FENCE_OLD'));
    assert.deepEqual(
      (await leasesOf(one.database, one)).map(({ path }) => path),
      ['b'],
    );
    await close([one, two]);
  });

  it('are taken and released only by the user of the machine, at its place, while it is a member', async () => {
    const [one] = (await clients('guarded', 'one')) as [Client];
    await server.asOwner(`CREATE ROLE guest LOGIN; ${grantsTo('guest')}`, 'guarded');
    const guest = await client('guest', 'guarded', 'guest');
    const held = { ...wanted('a'), fence: await fenceOf(take(one, 'a')) };
    const as = { ...guest, machineId: one.machineId, place: one.place };
    await assert.rejects(take(as, 'b'), code('FLEET_WRITER_OTHER'));
    await assert.rejects(
      renewLeases(guest.database, as, [{ ...held, seconds: 60 }]),
      code('FLEET_WRITER_OTHER'),
    );
    await assert.rejects(releaseLeases(guest.database, as, [held]), code('FLEET_WRITER_OTHER'));
    for (const sql of [
      'DELETE FROM agentpool.leases',
      'UPDATE agentpool.repositories SET fence = 9',
      "SELECT agentpool.locked_repository('x', 'y')",
    ])
      await assert.rejects(guest.database.run(sql), code('FLEET_REFUSED'), sql);
    await assert.rejects(take({ ...one, place: 'a copy' }, 'b'), code('FLEET_MACHINE_REFUSED'));
    await assert.rejects(take({ ...one, machineId: randomUUID() }, 'b'), code('FLEET_MACHINE_REFUSED'));
    await leave(one.database, one.machineId);
    await assert.rejects(take(one, 'b'), code('FLEET_MACHINE_REFUSED'));
    assert.equal(await fenceOf(take(guest, 'a')), 2);
    await close([one, guest]);
  });

  it('never overlap while eight machines take and release them', async () => {
    const names = Array.from({ length: 8 }, (_, index) => `m${index}`);
    const all = await clients('eight', ...names);
    const held = new Map<number, { machine: string; path: string; mode: LeaseMode }>();
    const fences = new Set<number>();
    let grants = 0;
    const path = fc.constantFrom('', 'src', 'src/a', 'src/b', 'docs');
    const step = fc.record({ path, mode: fc.constantFrom<LeaseMode>('read', 'write') });
    const plans = fc.array(fc.array(step, { minLength: 6, maxLength: 6 }), { minLength: 8, maxLength: 8 });
    const follow = async (machine: Client, steps: readonly { path: string; mode: LeaseMode }[]) => {
      for (const { path, mode } of steps) {
        const taken = await take(machine, path, { mode, session: `ap_${machine.name}` });
        if ('holder' in taken) continue;
        const others = [...held.values()].filter(
          (other) => covers(other.path, path) || covers(path, other.path),
        );
        assert.ok(others.every((other) => mode === 'read' && other.mode === 'read'));
        assert.ok(!fences.has(taken.fence));
        fences.add(taken.fence);
        grants += 1;
        held.set(taken.fence, { machine: machine.name, path, mode });
        await machine.database.rows('SELECT 1');
        held.delete(taken.fence);
        await releaseLeases(machine.database, machine, [
          { ...wanted(path), session: `ap_${machine.name}`, fence: taken.fence },
        ]);
      }
    };
    await fc.assert(
      fc.asyncProperty(plans, async (steps) => {
        await Promise.all(all.map((machine, index) => follow(machine, steps[index] ?? [])));
        assert.equal((await Promise.all(all.map((each) => leasesOf(each.database, each)))).flat().length, 0);
      }),
      { numRuns: 8, endOnFailure: true },
    );
    assert.ok(grants > 50, `${grants} grants`);
    await close(all);
  });
});
