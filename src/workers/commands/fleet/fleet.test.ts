import assert from 'node:assert/strict';
import { cpSync, existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { Postgres, withoutPostgres } from '../../../fleet/testing/postgres.ts';
import { until } from '../../../lib/testing/until.ts';
import { Home, killed } from '../../testing/home.ts';

const server = await Postgres.start();
const locked = await Postgres.start({ fsync: 'off', password_encryption: 'scram-sha-256' });

async function database(name: string): Promise<string> {
  await server.asOwner(`CREATE DATABASE ${name}`);
  return server.url('owner', name);
}

interface Machine {
  name: string;
  position: number;
  position_here: number;
  lag: number;
  this_machine: boolean;
  has_left: boolean;
}

const machinesOf = async (home: Home): Promise<Machine[]> =>
  (await home.json(['fleet', 'machines'])).machines;

/** Waits until the home has all that the machine has shared. */
const hasAllOf = (home: Home, name: string) =>
  until(`all of ${name}`, async () =>
    (await machinesOf(home)).some((each) => each.name === name && each.position > 0 && each.lag === 0),
  );

describe('agentpool fleet', { skip: withoutPostgres }, () => {
  it('joins three machines, and each has what happens on the others', async () => {
    const url = await database('cli_three');
    const homes = [new Home(), new Home(), new Home()] as [Home, Home, Home];
    const names = ['laptop', 'desk', 'box'];
    for (const [index, home] of homes.entries()) {
      const joined = await home.json(['fleet', 'join', url, '--name', names[index] ?? '']);
      assert.deepEqual([joined.name, joined.address, joined.changed], [names[index], url, true]);
    }
    const [laptop, desk, box] = homes;
    const id = await laptop.spawn('fake-completed');
    await laptop.reaches(id, 'COMPLETED');
    await Promise.all([hasAllOf(desk, 'laptop'), hasAllOf(box, 'laptop')]);
    const status = await desk.json(['fleet', 'status']);
    assert.equal(status.name, 'desk');
    assert.equal(status.link.state, 'connected');
    assert.deepEqual(
      status.machines.map(({ name, this_machine }: Machine) => [name, this_machine]),
      [
        ['laptop', false],
        ['desk', true],
        ['box', false],
      ],
    );
    const { stdout } = await desk.run(['fleet', 'status']);
    assert.match(stdout, /watcher {2}connected/);
    assert.match(stdout, /\* desk/);
    // The watcher stays for the fleet.
    assert.notEqual(box.watcherPid(), null);
  });

  it('goes on after its watcher was killed, with the next command that starts one', async () => {
    const url = await database('cli_killed');
    const [one, two] = [new Home(), new Home()] as const;
    await one.json(['fleet', 'join', url, '--name', 'one']);
    await two.json(['fleet', 'join', url, '--name', 'two']);
    await until('the link', async () => (await one.json(['fleet', 'status'])).link.state === 'connected');
    await killed(one.watcherPid() ?? 0);
    assert.equal((await one.json(['fleet', 'status'])).link.state, 'off');
    const id = await one.spawn('fake-completed');
    await one.reaches(id, 'COMPLETED');
    await hasAllOf(two, 'one');
  });

  it('leaves, says so, and joins again as another machine', async () => {
    const url = await database('cli_leave');
    const [one, two] = [new Home(), new Home()] as const;
    const first = await one.json(['fleet', 'join', url, '--name', 'one']);
    await two.json(['fleet', 'join', url, '--name', 'two']);
    const left = await one.json(['fleet', 'leave']);
    assert.deepEqual([left.name, left.recorded_there], ['one', true]);
    assert.equal(await one.refused(['fleet', 'status']), 'FLEET_NOT_JOINED');
    assert.equal(existsSync(join(one.folder, 'fleet', 'state.json')), false);
    const all = (await two.json(['fleet', 'machines', '--all'])).machines as Machine[];
    assert.equal(all.find(({ name }) => name === 'one')?.has_left, true);
    assert.deepEqual(
      (await machinesOf(two)).map(({ name }) => name),
      ['two'],
    );
    const again = await one.json(['fleet', 'join', url, '--name', 'one']);
    assert.notEqual(again.machine_id, first.machine_id);
    // The whole log of the ledger, from its first event on.
    await hasAllOf(two, 'one');
  });

  it('shares a patch where a person asks for it, and another machine fetches it', async () => {
    const url = await database('cli_share');
    const [one, two] = [new Home(), new Home()] as const;
    await one.json(['fleet', 'join', url, '--name', 'one']);
    await two.json(['fleet', 'join', url, '--name', 'two']);
    const id = await one.spawn('fake-patch', '--isolation', 'worktree', '--role', 'implementer');
    await one.reaches(id, 'COMPLETED');
    const fetch = ['fleet', 'fetch', id.slice(0, 8)];
    await hasAllOf(two, 'one');
    assert.equal(await two.refused(fetch), 'FLEET_ARTIFACT_MISSING');
    assert.equal(await one.refused(['fleet', 'share', id]), 'INVALID_REQUEST');
    const { shared } = await one.json(['fleet', 'share', id, '--patch', '--transcript']);
    await hasAllOf(two, 'one');
    const fetched = await two.json(fetch);
    assert.deepEqual([fetched.machine, fetched.session_id, fetched.sha256], ['one', id, shared[0].sha256]);
    const { patch } = await one.json(['diff', id]);
    assert.equal(readFileSync(fetched.file, 'utf8'), patch);
    assert.equal(await two.refused(fetch), 'FILE_EXISTS');
    const text = await two.json([...fetch, '--kind', 'transcript', '--out', 'text.txt']);
    assert.equal(text.sha256, shared[1].sha256);
  });

  it('shares no patch that has what looks like a secret, unless it is asked to', async () => {
    const url = await database('cli_secret');
    const [one] = [new Home()] as const;
    await one.json(['fleet', 'join', url, '--name', 'one']);
    const id = await one.spawn('fake-patch', '--isolation', 'worktree', '--role', 'implementer');
    await one.reaches(id, 'COMPLETED');
    const { worktree_path } = one.session(id);
    writeFileSync(join(worktree_path ?? '', 'key.txt'), `password = "${'correct-horse-battery-7'}"\n`);
    assert.equal(await one.refused(['fleet', 'share', id, '--patch']), 'FLEET_SECRET_IN_PATCH');
    assert.deepEqual(one.eventsOf('fleet.artifact_shared'), []);
    assert.equal((await one.json(['fleet', 'share', id, '--patch', '--exact'])).shared.length, 1);
  });

  it('shows what it knew of the others while the database does not answer', async () => {
    const url = await database('cli_down');
    const [one, two] = [new Home(), new Home()] as const;
    await one.json(['fleet', 'join', url, '--name', 'one']);
    await two.json(['fleet', 'join', url, '--name', 'two']);
    await hasAllOf(two, 'one');
    await server.crash();
    const status = await two.json(['fleet', 'status']);
    const left = await one.json(['fleet', 'leave']);
    await server.up();
    assert.equal(status.database_error.code, 'FLEET_UNREACHABLE');
    assert.deepEqual(
      status.machines.map(({ name }: Machine) => name),
      ['one', 'two'],
    );
    assert.equal(left.recorded_there, false);
  });

  it('shares nothing after its files were moved, until that is said', async () => {
    const url = await database('cli_moved');
    const [one, two] = [new Home(), new Home()] as const;
    await one.json(['fleet', 'join', url, '--name', 'one']);
    await two.json(['fleet', 'join', url, '--name', 'two']);
    await hasAllOf(two, 'one');
    await one.endCommands();
    const moved = new Home();
    cpSync(one.folder, moved.folder, { recursive: true });
    const id = await moved.spawn('fake-completed');
    await moved.reaches(id, 'COMPLETED');
    const linkOf = async (home: Home) => (await home.json(['fleet', 'status'])).link;
    await until('the refusal', async () => (await linkOf(moved)).error?.code === 'FLEET_MOVED');
    const checked = async (): Promise<string> =>
      (await moved.json(['doctor'])).findings.find((finding: { check: string }) => finding.check === 'fleet')
        .found;
    assert.match(await checked(), /^one is not connected to .*another place/);
    assert.equal(await moved.refused(['fleet', 'join', url]), 'FLEET_MOVED');
    assert.equal((await moved.json(['fleet', 'join', url, '--moved'])).name, 'one');
    await until('the link', async () => /^one is connected to/.test(await checked()));
    await hasAllOf(two, 'one');
  });

  it('refuses a name that is taken, another fleet, and a user who may not make the tables', async () => {
    const url = await database('cli_refused');
    const [one, two] = [new Home(), new Home()] as const;
    await one.json(['fleet', 'join', url, '--name', 'one']);
    assert.equal(await two.refused(['fleet', 'join', url, '--name', 'one']), 'FLEET_NAME_TAKEN');
    assert.equal(await two.refused(['fleet', 'join', url, '--name', 'a b']), 'FLEET_NAME_INVALID');
    const other = await database('cli_other');
    assert.equal(await one.refused(['fleet', 'join', other]), 'FLEET_ALREADY_JOINED');
    const joined = await one.json(['fleet', 'join', url]);
    assert.deepEqual([joined.name, joined.changed], ['one', false]);
    await server.asOwner('CREATE ROLE guest LOGIN');
    const empty = (await database('cli_guest')).replace('owner', 'guest');
    assert.equal(await two.refused(['fleet', 'join', empty]), 'FLEET_NOT_SET_UP');
    const made = await two.json(['fleet', 'init', server.url('owner', 'cli_guest'), '--member', 'guest']);
    assert.deepEqual([made.created, made.members], [true, ['guest']]);
    assert.equal((await two.json(['fleet', 'join', empty, '--name', 'two'])).name, 'two');
    assert.equal((await two.json(['fleet', 'init', server.url('owner', 'cli_guest')])).created, false);
  });

  it('refuses tables of a newer AgentPool, and changes nothing in them', async () => {
    const url = await database('cli_newer');
    const [one, two] = [new Home(), new Home()] as const;
    await one.json(['fleet', 'join', url, '--name', 'one']);
    await server.asOwner('UPDATE agentpool.fleet SET format = 999', 'cli_newer');
    assert.equal(await two.refused(['fleet', 'join', url, '--name', 'two']), 'FLEET_NEWER');
    assert.equal(await two.refused(['fleet', 'init', url]), 'FLEET_NEWER');
  });
});

describe('the password of the database', { skip: withoutPostgres }, () => {
  it('comes from PGPASSWORD or a password file, and is in no file of ours', async () => {
    await locked.asOwner("CREATE ROLE ada LOGIN PASSWORD 'wide sea'", 'postgres');
    await locked.asOwner('CREATE DATABASE secret OWNER ada', 'postgres');
    await locked.demandPasswords();
    const home = new Home();
    const url = locked.url('ada', 'secret');
    assert.equal(await home.refused(['fleet', 'join', url, '--name', 'one']), 'FLEET_REFUSED');
    const wrong = { env: { PGPASSWORD: 'narrow' } };
    assert.equal(await home.refused(['fleet', 'join', url, '--name', 'one'], wrong), 'FLEET_REFUSED');
    const file = join(home.ground, 'passwords');
    writeFileSync(file, `127.0.0.1:${locked.port}:secret:ada:wide sea\n`, { mode: 0o600 });
    const env = { PGPASSFILE: file };
    assert.equal(
      (await home.json(['fleet', 'join', url, '--name', 'one'], { env, wholeProcess: true })).name,
      'one',
    );
    await until('the link', async () => {
      const { link } = await home.json(['fleet', 'status'], { env, wholeProcess: true });
      return link.state === 'connected';
    });
    assert.doesNotMatch(JSON.stringify(home.events()), /wide sea/);
    const listed = await home.run(['fleet', 'status', '--json'], {
      env: { PGPASSWORD: 'wide sea' },
      wholeProcess: true,
    });
    assert.doesNotMatch(listed.stdout, /wide sea/);
  });
});
