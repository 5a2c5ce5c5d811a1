import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { StoredEvent } from '../../src/events/event.ts';
import { pull, ship } from '../../src/fleet/link/transfer.ts';
import { Replica } from '../../src/fleet/replicas/replica.ts';
import type { Database } from '../../src/fleet/server/connection.ts';
import { addEvents } from '../../src/fleet/server/logs.ts';
import { roster } from '../../src/fleet/server/machines.ts';
import { Cut } from '../../src/fleet/testing/cut.ts';
import { FleetMachine } from '../../src/fleet/testing/machines.ts';
import { Pooler, Postgres, withoutPostgres } from '../../src/fleet/testing/postgres.ts';
import { openLedger } from '../../src/projections/projector/ledger.ts';
import { agentpool } from '../agentpool.ts';
import { type BenchOptions, besideFloor, type Figure } from '../figure.ts';
import { seededHome } from '../seeds.ts';
import { alternating, median, nodeFloor, percentile } from '../timing.ts';
import { leases } from './fleet-leases.ts';

/** One machine's log to a PostgreSQL of its own and from there to another machine. */
export async function* fleet(options: BenchOptions): AsyncGenerator<Figure> {
  if (withoutPostgres) {
    options.onProgress(withoutPostgres);
    return;
  }
  const server = await Postgres.start({}, { endsWithTest: false });
  try {
    yield* moved(server, options);
    yield* lag(server, options);
    yield* afterCut(server, options);
    yield* leases(server, options);
    yield* alone(options);
  } finally {
    await server.remove();
  }
}

/** The whole log, there and back. */
async function* moved(server: Postgres, options: BenchOptions): AsyncGenerator<Figure> {
  const events = options.quick ? 10_000 : 100_000;
  const ledger = openLedger(join(seededHome(events, options), 'ledger.sqlite'));
  const folder = mkdtempSync(join(tmpdir(), 'agentpool-bench-'));
  const [one, two] = await pair(server, 'moved');
  const database = await server.connect('owner', 'moved');
  try {
    const self = (await roster(database)).machines[0];
    if (!self) throw new Error('the machine is not there');
    const stored = ledger.store.readAll({});
    options.onProgress(`shipping ${events} events`);
    const bare = await perSecond(events, () => unguarded(database, stored));
    const shipped = await perSecond(events, async () => {
      for (let at = 0; at < events; ) at = await ship(ledger.store, database, self.machine, at);
    });
    const floor = { value: bare, unit: 'events/s' as const, what: 'the same insert without checks' };
    yield {
      what: 'shipped to the database',
      value: shipped,
      unit: 'events/s',
      floor,
      budget: { atLeast: 8000 },
    };
    const size = await database.row<{ bytes: number }>(
      "SELECT pg_total_relation_size('agentpool.events')::float8 AS bytes",
    );
    yield {
      what: '  stored per event',
      value: (size?.bytes ?? 0) / events,
      unit: 'bytes',
      budget: { atMost: 650 },
    };
    const replica = new Replica(folder, one.member.machineId);
    options.onProgress('fetching them');
    const fetched = await perSecond(events, async () => {
      while ((await pull(database, self, replica)).length > 0);
    });
    replica.close();
    yield {
      what: 'fetched, checked, projected',
      value: fetched,
      unit: 'events/s',
      budget: { atLeast: 8000 },
    };
  } finally {
    await database.close();
    ledger.close();
    await Promise.all([one.remove(), two.remove()]);
    rmSync(folder, { recursive: true, force: true });
  }
}

/** The insert of `addEvents` into a table that checks nothing. */
async function unguarded(database: Database, events: readonly StoredEvent[]): Promise<void> {
  await database.run('CREATE TABLE bare (LIKE agentpool.events INCLUDING DEFAULTS INCLUDING INDEXES)');
  for (let at = 0; at < events.length; at += 1000)
    await addEvents(database, 1, events.slice(at, at + 1000), 'bare');
  await database.run('DROP TABLE bare');
}

/** From an append to the moment at which another process sees it in the other machine's replica. */
async function* lag(server: Postgres, options: BenchOptions): AsyncGenerator<Figure> {
  const rounds = options.quick ? 20 : 120;
  const pooler = await Pooler.start(server, { endsWithTest: false });
  const ways = [
    { what: 'listening', port: server.port, p50: 50, p99: 250 },
    ...(pooler ? [{ what: 'behind a pooler', port: pooler.port, p50: undefined, p99: 1200 }] : []),
  ];
  for (const [index, { what, port, p50, p99 }] of ways.entries()) {
    options.onProgress(`${rounds} events, ${what}`);
    const [one, two] = await pair(server, `lag_${index}`, port);
    one.up();
    two.up();
    one.append('first');
    await two.has(one);
    const times: number[] = [];
    for (let round = 0; round < rounds; round++) {
      // Not in step with anything that polls.
      await sleep(450 + Math.random() * 100);
      times.push(await timeOf(one, two));
    }
    await Promise.all([one.remove(), two.remove()]);
    yield {
      what: `seen elsewhere, ${what}`,
      value: median(times),
      unit: 'ms',
      ...(p50 === undefined ? {} : { budget: { atMost: p50 } }),
    };
    yield { what: '  p99', value: percentile(times, 0.99), unit: 'ms', budget: { atMost: p99 } };
  }
  await pooler?.end();
}

async function timeOf(one: FleetMachine, two: FleetMachine): Promise<number> {
  const before = two.positionOf(one);
  const start = performance.now();
  one.append('an event');
  while (two.positionOf(one) === before) await sleep(1);
  return performance.now() - start;
}

/** From the return of a network that was cut to the moment at which everything is on the other machine. */
async function* afterCut(server: Postgres, options: BenchOptions): AsyncGenerator<Figure> {
  const rounds = options.quick ? 1 : 5;
  const cut = await Cut.to(server.port, { endsWithTest: false });
  const [one, two] = await pair(server, 'cut', cut.port);
  one.up();
  two.up();
  one.append('first');
  await two.has(one);
  const times: number[] = [];
  for (let round = 0; round < rounds; round++) {
    options.onProgress(`cutting the network, ${round + 1} of ${rounds}`);
    cut.cut();
    const before = two.positionOf(one);
    one.append('while it is cut');
    await sleep(options.quick ? 5000 : 20_000 + Math.random() * 2000);
    const start = performance.now();
    cut.restore();
    while (two.positionOf(one) === before) await sleep(5);
    times.push(performance.now() - start);
  }
  await Promise.all([one.remove(), two.remove()]);
  cut.close();
  yield { what: 'caught up after a cut', value: median(times), unit: 'ms' };
  yield { what: '  longest', value: Math.max(...times), unit: 'ms', budget: { atMost: 2000 } };
}

/** A machine that is not in a fleet pays nothing for it. */
async function* alone(options: BenchOptions): AsyncGenerator<Figure> {
  const home = seededHome(options.quick ? 1000 : 10_000, options);
  const [floors = [], times = []] = alternating(options.quick ? 5 : 15, [
    nodeFloor,
    agentpool(home, 'sessions', '--recent', '10', '--json'),
  ]);
  const floor = { value: median(floors), unit: 'ms' as const, what: 'node -e 0' };
  yield besideFloor(
    { what: 'sessions --recent 10 --json, in no fleet', value: median(times), unit: 'ms' },
    floor,
    1.3,
  );
}

async function pair(
  server: Postgres,
  name: string,
  port = server.port,
): Promise<[FleetMachine, FleetMachine]> {
  await server.asOwner(`CREATE DATABASE ${name}`);
  const url = server.url('owner', name).replace(String(server.port), String(port));
  const join = (machine: string) => FleetMachine.join(url, machine, { endsWithTest: false });
  return [await join('one'), await join('two')];
}

async function perSecond(count: number, work: () => Promise<void>): Promise<number> {
  const start = performance.now();
  await work();
  return (count / (performance.now() - start)) * 1000;
}
