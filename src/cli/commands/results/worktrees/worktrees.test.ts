import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { Home } from '../../../../workers/testing/home.ts';

describe('the worktree commands', () => {
  const home = new Home();
  const spawn = async (provider: string, isolation = 'worktree') => {
    const words = [
      '--provider',
      provider,
      '--isolation',
      isolation,
      '--role',
      'implementer',
      '--task',
      'Mend it',
    ];
    const { session_id, session } = await home.json(['spawn', '--repo', home.repo, ...words]);
    return {
      id: session_id as string,
      path: session.worktree_path as string,
      branch: session.worktree_branch as string,
    };
  };
  const cleanup = (id: string, ...words: string[]) =>
    home.json(['worktrees', 'cleanup', '--session-id', id, ...words]);
  const removals = async (id: string) => {
    const { stdout } = await home.run(['events', '--session', id, '--type', 'worktree.removed', '--json']);
    return stdout
      .split('\n')
      .filter(Boolean)
      .map((line) => JSON.parse(line).data);
  };
  const commit = (path: string) => {
    writeFileSync(join(path, 'made.txt'), 'by a worker\n');
    const author = ['-c', 'user.name=W', '-c', 'user.email=w@example.invalid'];
    execFileSync('git', ['add', '.'], { cwd: path });
    execFileSync('git', [...author, 'commit', '--quiet', '--message', 'made'], { cwd: path });
  };

  it('list the worktrees of the repository, and their workers', async () => {
    const { id, path, branch } = await spawn('fake-idle');
    const { repo_path, worktrees } = await home.json(['worktrees', 'list']);
    assert.equal(repo_path, home.repo);
    const [entry] = worktrees;
    assert.deepEqual(
      [entry.path, entry.branch, entry.active, entry.dirty, entry.session_id, entry.provider_id],
      [path, branch, true, false, id, 'fake-idle'],
    );
    assert.equal(entry.head, home.git('rev-parse', 'HEAD'));
    const { stdout } = await home.run(['worktrees', 'list']);
    assert.ok(
      stdout.split('\n').every((line) => line.length <= 80),
      stdout,
    );
  });

  it('keep a worktree with a running worker, forced or not', async () => {
    const { id, path } = await spawn('fake-idle');
    await home.json(['observe', id, '--wait-for', 'running,idle', '--timeout', '60']);
    for (const words of [[], ['--force']]) {
      assert.equal((await cleanup(id, ...words)).error.code, 'WORKTREE_ACTIVE');
      const planned = await cleanup(id, ...words, '--dry-run');
      assert.deepEqual([planned.blocked, planned.would_remove, planned.dry_run], [true, false, true]);
      assert.match(planned.reason, /is alive/);
    }
    assert.ok(existsSync(path));
  });

  it('remove a clean one with its branch, once, and record it once', async () => {
    const { id, path, branch } = await spawn('fake-idle');
    await home.json(['terminate', id]);
    const planned = await cleanup(id, '--dry-run');
    assert.deepEqual(
      [planned.would_remove, planned.blocked, planned.dirty, planned.path],
      [true, false, false, path],
    );
    const done = await cleanup(id);
    assert.deepEqual([done.removed, done.branch_kept, done.session_id], [true, false, id]);
    assert.ok(!existsSync(path));
    assert.equal(home.git('branch', '--list', branch), '');
    assert.equal((await cleanup(id)).removed, false);
    assert.equal((await cleanup(id, '--dry-run')).would_remove, false);
    const head = home.git('rev-parse', 'HEAD');
    assert.deepEqual(await removals(id), [{ path, branch, branch_kept: false, forced: false, head }]);
    assert.equal((await home.json(['session', 'show', id])).session.worktree_path, null);
  });

  it('keep uncommitted changes, unless forced', async () => {
    const { id, path } = await spawn('fake-idle');
    await home.json(['terminate', id]);
    writeFileSync(join(path, 'a.txt'), 'changed\n');
    const planned = await cleanup(id, '--dry-run');
    assert.deepEqual([planned.blocked, planned.dirty, planned.would_remove], [true, true, false]);
    assert.equal((await cleanup(id)).error.code, 'WORKTREE_DIRTY');
    assert.ok(existsSync(path));
    const { stderr } = await home.run(['worktrees', 'cleanup', '--session-id', id]);
    assert.match(stderr, /try: agentpool worktrees cleanup \S+ --force/);
    const done = await cleanup(id, '--yes');
    assert.deepEqual([done.removed, done.dirty, done.force], [true, true, true]);
  });

  it('keep the branch when it holds commits that are nowhere else', async () => {
    const { id, path, branch } = await spawn('fake-idle');
    commit(path);
    await home.json(['terminate', id]);
    assert.match(
      (await cleanup(id, '--dry-run')).reason,
      /branch would be kept, because 1 commit is nowhere else/,
    );
    const done = await cleanup(id);
    assert.deepEqual([done.removed, done.branch_kept], [true, true]);
    assert.equal(home.git('log', '-1', '--format=%s', branch), 'made');
  });

  it('terminate a completed worker before its worktree is removed, when forced', async () => {
    const { id, path } = await spawn('fake-patch');
    await home.json(['observe', id, '--wait-for', 'completed', '--timeout', '60']);
    assert.match((await cleanup(id, '--dry-run')).reason, /done \(COMPLETED\)/);
    assert.equal((await cleanup(id)).error.code, 'WORKTREE_ACTIVE');
    const done = await cleanup(id, '--force');
    assert.deepEqual([done.removed, done.dirty], [true, true]);
    assert.ok(!existsSync(path));
    assert.equal((await home.json(['session', 'show', id])).session.alive, false);
  });

  it('finish an interrupted cleanup, and let concurrent ones act as one', async () => {
    const { id, path } = await spawn('fake-idle');
    await home.json(['terminate', id]);
    home.git('worktree', 'remove', '--force', path);
    assert.equal((await cleanup(id)).removed, false);
    assert.equal((await removals(id)).length, 1);
    const other = await spawn('fake-idle');
    await home.json(['terminate', other.id]);
    const words = ['worktrees', 'cleanup', '--session-id', other.id];
    const cleanUp = () => home.json(words, { wholeProcess: true });
    const all = await Promise.all([cleanUp(), cleanUp(), cleanUp()]);
    assert.ok(
      all.every(({ error }) => error === undefined),
      JSON.stringify(all),
    );
    assert.ok((await removals(other.id)).length >= 1);
    assert.ok(!existsSync(other.path));
  });

  it('say that a session has none', async () => {
    const { id } = await spawn('fake-completed', 'read_only');
    const { error } = await cleanup(id);
    assert.equal(error.code, 'WORKTREE_NOT_FOUND');
    assert.match(error.message, /read_only/);
    assert.equal((await cleanup('ap_nope')).error.code, 'TMUX_SESSION_NOT_FOUND');
  });

  it('need a repository', async () => {
    const { error } = await home.json(['worktrees', 'list', '--repo', home.ground]);
    assert.equal(error.code, 'NOT_A_REPOSITORY');
  });
});
