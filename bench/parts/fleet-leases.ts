import { randomUUID } from 'node:crypto';
import type { Database } from '../../src/fleet/server/connection.ts';
import { type Asker, releaseLeases, takeLease, type WantedLease } from '../../src/fleet/server/leases.ts';
import { join } from '../../src/fleet/server/machines.ts';
import { setUp } from '../../src/fleet/server/set-up.ts';
import type { Postgres } from '../../src/fleet/testing/postgres.ts';
import type { BenchOptions, Figure } from '../figure.ts';
import { median, percentile } from '../timing.ts';

interface Client {
  database: Database;
  asker: Asker;
}

/** Leases of one repository, taken and released over open connections: by one machine, and by eight at once. */
export async function* leases(server: Postgres, options: BenchOptions): AsyncGenerator<Figure> {
  const rounds = options.quick ? 50 : 400;
  await server.asOwner('CREATE DATABASE leases');
  const [first, ...others] = await clients(server, 8);
  if (!first) throw new Error('no machine has joined');
  options.onProgress(`${rounds} leases`);
  await taken(first, 20);
  const floor = {
    value: median(await commits(first, rounds)),
    unit: 'ms' as const,
    what: 'a commit of one row',
  };
  const alone = await taken(first, rounds);
  yield { what: 'a lease taken', value: median(alone), unit: 'ms', floor, budget: { atMost: 10 } };
  yield { what: '  p99', value: percentile(alone, 0.99), unit: 'ms' };
  const all = await Promise.all([first, ...others].map((client) => taken(client, rounds / 4)));
  yield { what: '  by eight machines at once', value: median(all.flat()), unit: 'ms' };
  await Promise.all([first, ...others].map(({ database }) => database.close()));
}

async function clients(server: Postgres, count: number): Promise<Client[]> {
  const all: Client[] = [];
  for (let index = 0; index < count; index++) {
    const database = await server.connect('owner', 'leases');
    await setUp(database);
    const asker = { machineId: randomUUID(), place: 'bench' };
    await join(database, { ...asker, name: `m${index}`, version: '0' });
    all.push({ database, asker });
  }
  return all;
}

/** How long each took to be granted, in milliseconds. */
async function taken({ database, asker }: Client, rounds: number): Promise<number[]> {
  const wanted: WantedLease = {
    repository: { url: 'example.org/team/project', root: '' },
    folder: '/home/me/project',
    session: 'ap_bench',
    // A path of its own: what is measured is no conflict.
    path: asker.machineId,
    mode: 'write',
    seconds: 600,
    above: 0,
  };
  const times: number[] = [];
  for (let round = 0; round < rounds; round++) {
    const start = performance.now();
    const granted = await takeLease(database, asker, wanted);
    times.push(performance.now() - start);
    if (!('fence' in granted)) throw new Error('the lease was refused');
    await releaseLeases(database, asker, [{ ...wanted, fence: granted.fence }]);
  }
  return times;
}

async function commits({ database }: Client, rounds: number): Promise<number[]> {
  await database.run('CREATE TABLE bare (value integer)');
  const times: number[] = [];
  for (let round = 0; round < rounds; round++) {
    const start = performance.now();
    await database.rows('INSERT INTO bare VALUES (1)');
    times.push(performance.now() - start);
  }
  return times;
}
