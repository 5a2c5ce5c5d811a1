import assert from 'node:assert/strict';
import { mkdirSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { before, describe, it } from 'node:test';
import { Home } from '../../../../workers/testing/home.ts';

describe('the lease commands', () => {
  const home = new Home();
  const spawn = async (): Promise<string> => {
    const words = ['spawn', '--provider', 'fake-idle', '--repo', home.repo, '--task', 'Wait for me'];
    return (await home.json(words)).session_id;
  };
  let a = '';
  let b = '';
  before(async () => {
    [a, b] = [await spawn(), await spawn()];
    mkdirSync(join(home.repo, 'src'));
  });

  it('grant a path under its canonical name, however it is written', async () => {
    const { ok, lease } = await home.json([
      'leases',
      'acquire',
      '--session-id',
      a,
      '--file',
      './src/../a.txt',
    ]);
    assert.equal(ok, true);
    assert.deepEqual(
      [lease.session_id, lease.file_path, lease.mode, lease.repo_path, lease.expires_at, lease.released_at],
      [a, 'a.txt', 'write', home.repo, null, null],
    );
    assert.deepEqual([typeof lease.id, lease.metadata, lease.state], ['number', {}, 'held']);
    const again = await home.json([
      'leases',
      'acquire',
      '--session-id',
      a,
      '--file',
      join(home.repo, 'a.txt'),
    ]);
    assert.equal(again.lease.id, lease.id);
  });

  it('refuse a path that another worker holds, name the holder, and exit 1', async () => {
    const words = ['leases', 'acquire', '--session-id', b, '--file', 'a.txt', '--mode', 'read'];
    const { error } = await home.json(words);
    assert.deepEqual([error.code, error.details.holder], ['LEASE_CONFLICT', a]);
    const { code, stderr } = await home.run(words);
    assert.equal(code, 1);
    assert.match(stderr, new RegExp(`a\\.txt is leased by ${a}`));
  });

  it('resolve a relative path against the caller’s folder if it is in the repository', async () => {
    const words = ['leases', 'acquire', '--session-id', a, '--file', 'b.ts', '--mode', 'read'];
    const inside = await home.json(words, { cwd: join(home.repo, 'src') });
    assert.equal(inside.lease.file_path, 'src/b.ts');
    const outside = await home.json(words, { cwd: home.ground });
    assert.equal(outside.lease.file_path, 'b.ts');
    symlinkSync(join(home.repo, 'src'), join(home.ground, 'link'));
    const linked = await home.json(words, { cwd: join(home.ground, 'link') });
    assert.equal(linked.lease.id, inside.lease.id);
  });

  it('refuse paths outside the repository', async () => {
    const { error } = await home.json(['leases', 'acquire', '--session-id', a, '--file', '/etc/hosts']);
    assert.equal(error.code, 'PATH_OUTSIDE_REPOSITORY');
  });

  it('upgrade a read lease to a write lease, with a higher fence, under the same number', async () => {
    const words = ['leases', 'acquire', '--session-id', b, '--file', 'c.txt', '--ttl-seconds', '600'];
    const reader = (await home.json([...words, '--mode', 'read'])).lease;
    const writer = (await home.json(words)).lease;
    assert.deepEqual([writer.id, writer.mode], [reader.id, 'write']);
    assert.ok(writer.fence > reader.fence);
    assert.ok(Date.parse(writer.expires_at) > Date.now());
  });

  it('list the held leases of a worker or of a repository', async () => {
    const { leases } = await home.json(['leases', 'list', '--session-id', b.slice(0, 8)]);
    assert.deepEqual(
      leases.map((lease: { file_path: string }) => lease.file_path),
      ['c.txt'],
    );
    const there = await home.json(['leases', 'list', '--repo', join(home.repo, 'src')]);
    assert.equal(there.leases.length, 4);
    assert.deepEqual((await home.json(['leases', 'list', '--repo', home.ground])).leases, []);
    const { stdout } = await home.run(['leases', 'list']);
    assert.match(stdout, /ID +WORKER +MODE +UNTIL +PATH/);
    assert.ok(stdout.split('\n').every((line) => line.length <= 80 || line.startsWith('in ')));
  });

  it('no longer list expired leases', async () => {
    const words = ['leases', 'acquire', '--session-id', b, '--file', 'brief.txt', '--ttl-seconds', '1'];
    const { lease } = await home.json(words);
    for (;;) {
      const { leases } = await home.json(['leases', 'list', '--session-id', b]);
      if (!leases.some(({ id }: { id: number }) => id === lease.id)) break;
    }
    const { leases } = await home.json(['leases', 'list', '--session-id', b, '--all']);
    assert.equal(leases.find(({ id }: { id: number }) => id === lease.id).state, 'expired');
  });

  it('release the named leases, and only list them on a dry run', async () => {
    const words = ['leases', 'release', '--session-id', a];
    const planned = await home.json([...words, '--dry-run']);
    assert.deepEqual(
      [planned.would_release, planned.session_id, planned.lease_id, planned.file_path, planned.leases.length],
      [true, a, null, null, 3],
    );
    assert.equal((await home.json([...words, '--file', 'a.txt'])).released, 1);
    assert.equal((await home.json(words)).released, 2);
    assert.deepEqual(await home.json(words), { ok: true, released: 0, leases: [] });
  });

  it('report a number or a path that is not leased', async () => {
    for (const words of [
      ['--lease-id', '1'],
      ['--file', 'nothing.txt'],
      ['--session-id', a, '--file', 'c.txt'],
    ]) {
      const { error } = await home.json(['leases', 'release', ...words]);
      assert.equal(error.code, 'LEASE_NOT_FOUND');
    }
    assert.equal((await home.run(['leases', 'release'])).code, 2);
  });

  it('report an unknown session', async () => {
    for (const words of [['acquire', '--file', 'a.txt'], ['list'], ['release']]) {
      const { error } = await home.json(['leases', ...words, '--session-id', 'ap_nope']);
      assert.equal(error.code, 'TMUX_SESSION_NOT_FOUND');
    }
  });

  it('end with the session, which can acquire no more', async () => {
    await home.json(['terminate', b]);
    assert.deepEqual((await home.json(['leases', 'list', '--session-id', b])).leases, []);
    const { error } = await home.json(['leases', 'acquire', '--session-id', b, '--file', 'a.txt']);
    assert.equal(error.code, 'SESSION_ENDED');
  });
});
