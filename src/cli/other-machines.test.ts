import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { before, describe, it } from 'node:test';
import { openSqlite } from '../events/store/connection.ts';
import { replicaFile } from '../fleet/replicas/replica.ts';
import { Machine, share } from '../workers/testing/fleet.ts';
import { Home } from '../workers/testing/home.ts';

describe('what is known of other machines', () => {
  const home = new Home();
  const self = new Machine('desk', home.ledgerFile);
  const laptop = new Machine('laptop');
  const folder = join(home.folder, 'fleet');
  before(() => {
    self.join();
    self.request('ap_here11');
    laptop.now = new Date(self.now.getTime() + 1000);
    laptop.request('ap_there1');
    share(folder, self, [{ machine: laptop }]);
  });

  it('is listed beside the workers of this one', async () => {
    const { sessions, scope, machines } = await home.json(['sessions', '--all-machines']);
    assert.deepEqual(
      sessions.map((each: { id: string; machine: string }) => [each.id, each.machine]),
      [
        ['ap_there1', 'laptop'],
        ['ap_here11', 'desk'],
      ],
    );
    assert.equal(scope.all_machines, true);
    assert.deepEqual(
      machines.map((each: { name: string }) => each.name),
      ['desk', 'laptop'],
    );
    const alone = await home.json(['sessions', '--all']);
    assert.equal(alone.sessions.length, 1);
    assert.ok(!('machines' in alone) && !('machine' in alone.sessions[0]));
  });

  it('is a column of the table, and of each plain line', async () => {
    const { stdout } = await home.run(['sessions', '--all-machines']);
    assert.match(stdout, /SESSION +MACHINE +STATE/);
    assert.match(stdout, /ap_there1 +laptop/);
    const plain = await home.run(['ps', '--all', '--all-machines', '--plain']);
    assert.match(plain.stdout, /^ap_there1\t.*\tlaptop\n/);
    const old = { seen_ms_ago: 3_600_000 };
    share(folder, self, [{ machine: laptop, known: old }]);
    assert.match(
      (await home.run(['ps', '--all', '--all-machines'])).stdout,
      /! laptop: last seen 60 min ago/,
    );
    share(folder, self, [{ machine: laptop }]);
  });

  it('is counted by stats where that is asked for', async () => {
    const counted = async (...more: string[]) =>
      (await home.json(['stats', '--since', 'all', '--include-fakes', ...more])).sessions.total;
    assert.deepEqual([await counted(), await counted('--all-machines')], [1, 2]);
  });

  it('is shown of one worker, from the log of its machine', async () => {
    const { session, machine } = await home.json(['session', 'show', 'ap_there1']);
    assert.deepEqual([session.id, machine.name, machine.clock_ahead_ms], ['ap_there1', 'laptop', 0]);
    assert.match((await home.run(['session', 'show', 'ap_there1'])).stdout, /machine +laptop/);
    const { stdout } = await home.run(['events', 'ap_there1', '--json']);
    assert.equal(JSON.parse(stdout).stream_id, 'worker/ap_there1');
    assert.equal((await home.json(['replay', 'ap_there1'])).events.length, 1);
    assert.equal((await home.json(['replay', 'ap_there1', '--verify'])).ok, true);
  });

  it('is no worker that a command of this machine reaches', async () => {
    const { error } = await home.json(['observe', 'ap_there1']);
    assert.deepEqual(
      [error.code, error.machine ?? error.details?.machine],
      ['TMUX_SESSION_NOT_FOUND', 'laptop'],
    );
  });

  it('is verified by the chain of the log', async () => {
    const verified = await home.json(['ledger', 'verify', '--machine', 'laptop']);
    assert.deepEqual([verified.ok, verified.events, verified.machine.name], [true, 1, 'laptop']);
    assert.equal(verified.file, replicaFile(folder, laptop.id));
    assert.match(
      (await home.run(['ledger', 'verify', '--machine', 'laptop'])).stdout,
      /the log of laptop is sound/,
    );
    assert.equal(await home.refused(['ledger', 'verify', '--machine', 'laptopp']), 'FLEET_MACHINE_UNKNOWN');
    assert.equal(await home.refused(['ledger', 'verify', '--machine', 'desk']), 'FLEET_MACHINE_UNKNOWN');
  });

  it('is found changed where it was', async () => {
    const file = openSqlite(replicaFile(folder, laptop.id));
    file.exec(
      "DROP TRIGGER events_are_final_update; UPDATE events SET payload = replace(payload, 'the', 'a')",
    );
    file.close();
    const { code, stdout } = await home.run(['ledger', 'verify', '--machine', 'laptop']);
    assert.equal(code, 1);
    assert.match(
      stdout,
      /the log of laptop is not sound.*first bad position: 1.*fetches it again after: rm /s,
    );
  });

  it('is named as unreadable where its log is no database', async () => {
    writeFileSync(replicaFile(folder, laptop.id), 'no database at all, but long enough to be one');
    const { stdout } = await home.run(['sessions', '--all-machines']);
    assert.match(stdout, /! laptop: what is here of it cannot be read/);
    assert.match(stdout, /ap_here11/);
  });
});
