import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { describe, it } from 'node:test';
import { AgentPoolError } from '../../lib/errors.ts';
import { Postgres, withoutPostgres } from '../testing/postgres.ts';
import type { Database } from './connection.ts';
import type { Asker } from './leases.ts';
import { join } from './machines.ts';
import { beginProbe, endProbe, type ProbedAccount } from './probes.ts';
import { setUp } from './set-up.ts';

const server = await Postgres.start();

async function joined(database: Database, name: string): Promise<Asker> {
  const asker = { machineId: randomUUID(), place: `at ${name}` };
  await join(database, { ...asker, name, version: '0.3.0' });
  return asker;
}

async function fleet(name: string) {
  await server.asOwner(`CREATE DATABASE ${name}`);
  const database = await server.connect('owner', name);
  await setUp(database);
  const [one, two] = [await joined(database, 'one'), await joined(database, 'two')];
  const probed: ProbedAccount = { provider: 'codex-cli', account: 'hash' };
  const begin = async (asker: Asker, freshMs = 0, of = probed) =>
    beginProbe(database, asker, { ...of, freshMs });
  const end = (asker: Asker, position: number | null) => endProbe(database, asker, probed, position);
  return { database, one, two, begin, end, probed };
}

describe('a probe of an account', { skip: withoutPostgres }, () => {
  it('is the turn of one machine until that has ended it', async () => {
    const { database, one, two, begin, end, probed } = await fleet('turns');
    assert.deepEqual(await begin(one), { kind: 'ours' });
    assert.deepEqual(await begin(two), { kind: 'asking' });
    assert.deepEqual(await begin(one), { kind: 'ours' });
    assert.deepEqual(await begin(two, 0, { ...probed, account: 'another' }), { kind: 'ours' });
    await end(two, null);
    assert.deepEqual(await begin(two), { kind: 'asking' });
    await end(one, null);
    assert.deepEqual(await begin(two), { kind: 'ours' });
    await database.close();
  });

  it('passes on once its machine has had it for too long', async () => {
    const { database, one, two, begin } = await fleet('killed');
    await begin(one);
    await database.run('UPDATE agentpool.probes SET asks_until = clock_timestamp()');
    assert.deepEqual(await begin(two), { kind: 'ours' });
    assert.deepEqual(await begin(one), { kind: 'asking' });
    await database.close();
  });

  it('is answered for the others as long as the answer is new enough', async () => {
    const { database, one, two, begin, end } = await fleet('answers');
    await begin(one);
    await end(one, 7);
    const turn = await begin(two, 60_000);
    assert.ok(turn.kind === 'answered');
    assert.deepEqual([turn.machine, turn.machineId, turn.position], ['one', one.machineId, 7]);
    assert.ok(turn.ageMs >= 0 && turn.ageMs < 60_000);
    assert.deepEqual(await begin(one, 60_000), { kind: 'ours' });
    await end(one, null);
    await database.run("UPDATE agentpool.probes SET answered_at = answered_at - interval '1 minute'");
    assert.deepEqual(await begin(two, 60_000), { kind: 'ours' });
    await database.close();
  });

  it('is no matter of a copy in another place', async () => {
    const { database, one, begin } = await fleet('copies');
    await assert.rejects(
      begin({ ...one, place: 'elsewhere' }),
      (error: unknown) => error instanceof AgentPoolError && error.code === 'FLEET_MACHINE_REFUSED',
    );
    await database.close();
  });
});
