import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { until } from '../../lib/testing/until.ts';
import { leaseDecider, leaseStream } from '../../machines/lease/decide.ts';
import { sharedBy } from '../../projections/leases/fleet-leases.ts';
import { takeLease } from '../server/leases.ts';
import { FleetMachine } from '../testing/machines.ts';
import { Postgres, withoutPostgres } from '../testing/postgres.ts';
import type { LeaseReport } from './keeper.ts';
import { openHere } from './local.ts';

const server = await Postgres.start();
const FOLDER = '/home/me/project';
const REPOSITORY = { url: 'example.org/team/project', root: 'a'.repeat(40) };
const given = () => ({ now: new Date(), newId: () => 'unused' });

/** A machine whose watcher records what the link reports. */
class Holder {
  readonly machine: FleetMachine;
  readonly reports: string[] = [];
  /** What is added to its monotonic clock, as if it had been off. */
  later = 0;

  constructor(machine: FleetMachine) {
    this.machine = machine;
  }

  up(): void {
    this.machine.up({
      repositoryOf: async () => REPOSITORY,
      monotonic: () => performance.now() + this.later,
      onLeases: (reports) => {
        for (const each of reports) this.#record(each);
      },
    });
  }

  acquire(session: string, path: string, ttlSeconds: number | null = null): void {
    const command = { kind: 'acquire', sessionId: session, repoPath: FOLDER, path, ttlSeconds } as const;
    this.#execute({ ...command, mode: 'write' });
  }

  release(session: string): void {
    this.#execute({ kind: 'release_session', sessionId: session, reason: 'asked for' });
  }

  open(): (string | number | undefined)[][] {
    return openHere(this.machine.ledger).map(({ path, grant }) => [path, grant?.fence]);
  }

  async has(...leases: (string | number | undefined)[][]): Promise<void> {
    await until(
      JSON.stringify(leases),
      () => JSON.stringify(this.open()) === JSON.stringify(leases),
      () => JSON.stringify([this.open(), this.reports, this.machine.state()]),
    );
  }

  #record(report: LeaseReport): void {
    const leaseId = report.lease.id;
    if (report.kind === 'held') {
      const { repository, fence } = report;
      this.#execute({ kind: 'share', leaseId }, sharedBy({ repository, fence }));
    } else {
      this.reports.push(`${report.lease.path} lost to ${report.holder?.session ?? 'its time'}`);
      this.#execute({ kind: 'lose', leaseId });
    }
  }

  #execute(command: Parameters<typeof leaseDecider.decide>[1], metadata = {}): void {
    const options = { actor: 'test', metadata };
    this.machine.ledger.execute(leaseDecider, leaseStream(FOLDER), command, given(), options);
  }
}

async function fleet(name: string): Promise<[Holder, Holder]> {
  await server.asOwner(`CREATE DATABASE ${name}`);
  const join = async (machine: string) =>
    new Holder(await FleetMachine.join(server.url('owner', name), machine));
  return [await join('one'), await join('two')];
}

async function there(name: string): Promise<string[]> {
  const connection = await server.connect('owner', name);
  try {
    const rows = await connection.rows<{ lease: string }>(
      "SELECT session || ' ' || path || ' ' || fence AS lease FROM agentpool.leases ORDER BY fence",
    );
    return rows.map(({ lease }) => lease);
  } finally {
    await connection.close();
  }
}

describe('the link of a machine', { skip: withoutPostgres }, () => {
  it('takes what the ledger has open in the database, and releases it with the ledger', async () => {
    const [one] = await fleet('brought');
    one.acquire('a', 'src');
    one.up();
    await one.has(['src', 1]);
    one.acquire('a', 'docs', 60);
    await one.has(['src', 1], ['docs', 2]);
    assert.deepEqual(await there('brought'), ['a src 1', 'a docs 2']);
    one.release('a');
    await until('the release', async () => (await there('brought')).length === 0);
    assert.deepEqual(one.reports, []);
  });

  it('reports a lease that another machine has taken while it was off', async () => {
    const [one, two] = await fleet('taken');
    one.acquire('a', 'src');
    one.up();
    await one.has(['src', 1]);
    await one.machine.down();
    await server.asOwner('UPDATE agentpool.leases SET expires_at = clock_timestamp()', 'taken');
    two.acquire('b', 'src/a.ts');
    two.up();
    await two.has(['src/a.ts', 2]);
    one.up();
    await one.has();
    assert.deepEqual(one.reports, ['src lost to its time']);
    assert.deepEqual(await there('taken'), ['b src/a.ts 2']);
  });

  it('reports a lease that it could not renew in time, also if nobody has it', async () => {
    const [one] = await fleet('late');
    one.acquire('a', 'src');
    one.up();
    await one.has(['src', 1]);
    await server.crash();
    one.later += 3_600_000;
    // While the link cannot see it: it renews what it finds, and takes again what has just expired.
    server.whileDown('UPDATE agentpool.leases SET expires_at = clock_timestamp()', 'late');
    await server.up();
    await one.has();
    assert.deepEqual(one.reports, ['src lost to its time']);
  });

  it('takes again what a database that was set back has lost, above every fence that it has seen', async () => {
    const [one, two] = await fleet('set_back');
    for (const path of ['a', 'b', 'c']) one.acquire('a', path);
    one.up();
    await one.has(['a', 1], ['b', 2], ['c', 3]);
    two.acquire('b', 'd');
    two.up();
    await two.has(['d', 4]);
    await two.machine.down();
    await server.asOwner(
      "DELETE FROM agentpool.leases WHERE path <> 'a'; UPDATE agentpool.repositories SET fence = 1",
      'set_back',
    );
    await server.crash();
    await server.up();
    await one.has(['a', 1], ['b', 4], ['c', 5]);
    assert.deepEqual(one.reports, []);
    assert.deepEqual(await there('set_back'), ['a a 1', 'a b 4', 'a c 5']);
  });

  it('releases what a command has taken that was killed before the ledger knew it', async () => {
    const [one, two] = await fleet('killed');
    const database = await server.connect('owner', 'killed');
    const { machineId } = one.machine.member;
    const wanted = {
      folder: FOLDER,
      session: 'a',
      path: 'src',
      repository: REPOSITORY,
      mode: 'write',
    } as const;
    const asker = { machineId, place: one.machine.place };
    await takeLease(database, asker, { ...wanted, seconds: 600, above: 0 });
    one.up();
    await until('the link', () => one.machine.state()?.link.state === 'connected');
    await one.machine.down();
    assert.deepEqual(await there('killed'), ['a src 1']);
    await database.run("UPDATE agentpool.leases SET taken_at = taken_at - interval '1 minute'");
    await database.close();
    one.up();
    two.acquire('b', 'docs');
    two.up();
    await two.has(['docs', 2]);
    await until('the release', async () => (await there('killed')).length === 1);
    assert.deepEqual(await there('killed'), ['b docs 2']);
  });

  it('gives the lease to one of two machines that have taken it without the database', async () => {
    const [one, two] = await fleet('two_takers');
    one.acquire('a', 'src');
    two.acquire('b', 'src');
    one.up();
    two.up();
    await until('one to lose it', () => one.open().length + two.open().length === 1);
    const [winner, loser, lost] = one.open().length === 1 ? [one, two, 'a'] : [two, one, 'b'];
    assert.deepEqual(loser.reports, [`src lost to ${lost}`]);
    await winner.has(['src', 1]);
    assert.deepEqual(winner.reports, []);
  });
});
