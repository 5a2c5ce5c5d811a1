import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { Postgres, withoutPostgres } from '../../../fleet/testing/postgres.ts';
import { until } from '../../../lib/testing/until.ts';
import type { Notification } from '../../notify/notification-schema.ts';
import { Home, type HomeOptions } from '../../testing/home.ts';

const server = await Postgres.start();

/** A machine of the fleet, with a clone of the shared repository. */
class Machine {
  readonly home: Home;
  readonly clone: string;

  private constructor(options: HomeOptions, from?: Machine) {
    this.home = new Home(options);
    this.clone = from ? join(this.home.ground, 'a clone') : this.home.repo;
    if (from) this.home.git('clone', '--quiet', from.home.repo, this.clone);
    const name = from ? 'set-url' : 'add';
    const url = from ? 'git@example.org:team/project.git' : 'https://Example.org/team/project';
    this.home.git('-C', this.clone, 'remote', name, 'origin', url);
  }

  static async joined(database: string, name: string, options: HomeOptions = {}, from?: Machine) {
    const machine = new Machine(options, from);
    const { error } = await machine.home.json([
      'fleet',
      'join',
      server.url('owner', database),
      '--name',
      name,
    ]);
    assert.equal(error, undefined);
    return machine;
  }

  spawn(): Promise<string> {
    return this.home.spawn('fake-idle', '--repo', this.clone);
  }

  acquire(worker: string, path: string, mode = 'write') {
    const words = ['leases', 'acquire', worker, '--file', path, '--mode', mode];
    return this.home.json(words, { cwd: this.clone });
  }

  async held(): Promise<string[]> {
    const { leases } = await this.home.json(['leases', 'list']);
    return leases.map(
      (lease: Record<string, string>) => `${lease.session_id} ${lease.file_path} ${lease.scope}`,
    );
  }

  linked(state: string): Promise<unknown> {
    const file = join(this.home.folder, 'fleet', 'state.json');
    return until(`the link to be ${state}`, () => {
      try {
        return JSON.parse(readFileSync(file, 'utf8')).link.state === state;
      } catch {
        return false;
      }
    });
  }
}

async function two(database: string, options: HomeOptions = {}): Promise<[Machine, Machine]> {
  await server.asOwner(`CREATE DATABASE ${database}`);
  const one = await Machine.joined(database, 'laptop', options);
  return [one, await Machine.joined(database, 'workstation', options, one)];
}

/** What the database has, as `session path mode`. */
async function there(database: string): Promise<string[]> {
  const connection = await server.connect('owner', database);
  try {
    const rows = await connection.rows<{ lease: string }>(
      "SELECT session || ' ' || path || ' ' || mode AS lease FROM agentpool.leases ORDER BY fence",
    );
    return rows.map(({ lease }) => lease);
  } finally {
    await connection.close();
  }
}

/** Waits until the database has these. */
async function has(database: string, ...leases: string[]): Promise<void> {
  let last = '';
  await until(
    `${leases} in the database`,
    async () => {
      last = JSON.stringify((await there(database)).sort());
      return last === JSON.stringify(leases.sort());
    },
    () => last,
  );
}

const newsOf = ({ folder }: Home): Notification[] =>
  readdirSync(folder)
    .filter((name) => name.startsWith('heard-'))
    .map((name) => JSON.parse(readFileSync(join(folder, name), 'utf8')) as Notification);

describe('the leases of two machines', { skip: withoutPostgres }, () => {
  it('exclude each other until they are released, or their worker ends', async () => {
    const [one, other] = await two('exclusive');
    const [a, b] = [await one.spawn(), await other.spawn()];
    const { lease } = await one.acquire(a, 'src');
    assert.deepEqual([lease.scope, lease.fleet_fence, lease.fence], ['fleet', 1, 1]);
    const { error } = await other.acquire(b, 'src/a.ts', 'read');
    assert.deepEqual(
      [error.code, error.details.holder, error.details.machine],
      ['LEASE_CONFLICT', a, 'laptop'],
    );
    assert.match(error.message, /is leased by ap_\w+ on the machine laptop through src \(write\)/);
    assert.deepEqual(await other.held(), []);
    const listed = await other.home.json(['leases', 'list', '--repo', other.clone]);
    assert.deepEqual(listed.elsewhere, [
      {
        ...{ machine: 'laptop', session_id: a, repository: 'example.org/team/project' },
        ...{ repo_path: one.clone, file_path: 'src', mode: 'write', fleet_fence: 1 },
      },
    ]);
    assert.match((await other.home.run(['leases', 'list'])).stdout, /laptop +ap_\w+ +write/);
    assert.deepEqual((await other.home.json(['leases', 'list', '--repo', other.home.ground])).elsewhere, []);
    await one.home.json(['leases', 'release', a]);
    assert.deepEqual(await there('exclusive'), []);
    assert.equal((await other.acquire(b, 'src/a.ts')).lease.fleet_fence, 2);
    assert.equal((await one.acquire(a, 'src')).error.details.machine, 'workstation');
    await other.home.json(['terminate', b]);
    await has('exclusive');
    assert.equal((await one.acquire(a, 'src')).lease.scope, 'fleet');
  });

  it('go on as local ones when their machine leaves the fleet, and are free for the others', async () => {
    const [one, other] = await two('leaving');
    const [a, b] = [await one.spawn(), await other.spawn()];
    await one.acquire(a, 'a.txt');
    await one.home.json(['fleet', 'leave']);
    assert.deepEqual(await one.held(), [`${a} a.txt local`]);
    assert.equal((await one.acquire(a, 'b.txt')).lease.scope, 'local');
    assert.equal((await other.acquire(b, 'a.txt')).lease.scope, 'fleet');
  });

  it('pass to a successor, and are taken back by a resumed worker, unless another machine has them', async () => {
    const [one, other] = await two('passed');
    const [a, b] = [await one.spawn(), await other.spawn()];
    await one.acquire(a, 'a.txt');
    const handed = await one.home.json(['handoff', a, '--provider', 'fake-idle']);
    const successor = handed.successor_id;
    await has('passed', `${successor} a.txt write`);
    await until('the ledger to know it', async () => (await one.held())[0] === `${successor} a.txt fleet`);
    assert.equal((await other.acquire(b, 'a.txt')).error.details.holder, successor);
    await one.home.json(['terminate', successor]);
    await has('passed');
    await other.acquire(b, 'a.txt');
    assert.equal(await one.home.refused(['resume', successor, '--task', 'go on']), 'LEASE_CONFLICT');
    await other.home.json(['leases', 'release', b]);
    assert.equal(await one.home.refused(['resume', successor, '--task', 'go on']), 'no error');
    assert.deepEqual(await one.held(), [`${successor} a.txt fleet`]);
    assert.equal((await other.acquire(b, 'a.txt')).error.details.holder, successor);
  });
});

describe('a lease while the database cannot be reached', { skip: withoutPostgres }, () => {
  it('is refused, unless it is for reading or the fleet knows it already', async () => {
    const [one] = await two('refused');
    const a = await one.spawn();
    await one.acquire(a, 'known');
    await server.crash();
    try {
      const { error } = await one.acquire(a, 'a.txt');
      assert.deepEqual([error.code, error.details.because], ['FLEET_LEASE_REFUSED', 'FLEET_UNREACHABLE']);
      assert.equal((await one.acquire(a, 'known')).lease.scope, 'fleet');
      assert.equal((await one.acquire(a, 'b.txt', 'read')).lease.scope, 'local');
      assert.equal((await one.home.json(['leases', 'list'])).elsewhere, null);
    } finally {
      await server.up();
    }
    await has('refused', `${a} known write`, `${a} b.txt read`);
  });

  it('is local where the config says so, and a conflict that is found later is reported', async () => {
    const command = [
      process.execPath,
      join(import.meta.dirname, '../../notify/testing/notifier.mjs'),
      'write',
    ];
    const config = { fleet: { leases_offline: 'local' }, notify: { command } };
    const [one, other] = await two('local', { config });
    const [a, b] = [await one.spawn(), await other.spawn()];
    await Promise.all([one.linked('connected'), other.linked('connected')]);
    await server.crash();
    try {
      await Promise.all([one.linked('waiting'), other.linked('waiting')]);
      assert.equal((await one.acquire(a, 'a.txt')).lease.scope, 'local');
      assert.equal((await other.acquire(b, 'a.txt')).lease.scope, 'local');
      assert.equal((await other.acquire(b, 'b.txt')).lease.scope, 'local');
    } finally {
      await server.up();
    }
    const news = [one, other].map(
      ({ home }) =>
        () =>
          newsOf(home).filter(({ event }) => event === 'lease_lost'),
    );
    const [lost] = await until('one to lose it', () => {
      const all = news.flatMap((of) => of());
      return all.length > 0 && all;
    });
    const [winner, loser, machine] = lost?.session_id === a ? [b, a, 'workstation'] : [a, b, 'laptop'];
    assert.deepEqual(
      [lost?.session_id, lost?.lease],
      [loser, { path: 'a.txt', machine, session_id: winner }],
    );
    await has('local', `${winner} a.txt write`, `${b} b.txt write`);
    await until('both ledgers to know it', async () => {
      const held = [...(await one.held()), ...(await other.held())].sort();
      return JSON.stringify(held) === JSON.stringify([`${winner} a.txt fleet`, `${b} b.txt fleet`].sort());
    });
    assert.equal(news.flatMap((of) => of()).length, 1);
  });
});
