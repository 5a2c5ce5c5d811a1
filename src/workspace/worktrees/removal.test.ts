import assert from 'node:assert/strict';
import { existsSync, mkdirSync, readFileSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, it } from 'node:test';
import { commitAll, repositoryWith, run, write } from '../testing/repository.ts';
import { created } from '../testing/worktree.ts';
import { inspectCleanup, removeWorktree } from './removal.ts';

const branches = (repo: string) => run(repo, 'branch', '--format=%(refname:short)').split('\n');

describe('removing a worktree', () => {
  it('removes folder, registration and branch when no work was done there', async () => {
    const repo = repositoryWith({ a: '1' });
    const plan = await created(repo);
    run(plan.path, 'config', `branch.${plan.branch}.remote`, 'origin');
    assert.deepEqual(await inspectCleanup(plan), {
      exists: true,
      dirty: false,
      ignored: [],
      unmergedCommits: 0,
      head: plan.base,
      locked: null,
    });
    const removal = await removeWorktree({ ...plan, force: false });
    assert.deepEqual([removal.removed, removal.branch_kept], [true, false]);
    assert.equal(existsSync(dirname(plan.path)), false);
    assert.deepEqual(branches(repo), ['main']);
    assert.doesNotMatch(readFileSync(join(repo, '.git/config'), 'utf8'), /agentpool/);
    assert.equal(run(repo, 'worktree', 'prune', '--dry-run', '--verbose'), '');
  });

  it('is refused while there are uncommitted changes, unless forced', async () => {
    const repo = repositoryWith({ a: '1' });
    const plan = await created(repo);
    write(plan.path, 'untracked', '1');
    assert.equal((await inspectCleanup(plan)).dirty, true);
    await assert.rejects(removeWorktree({ ...plan, force: false }), {
      code: 'WORKTREE_DIRTY',
      message: /--force/,
    });
    assert.ok(existsSync(join(plan.path, 'untracked')));
    assert.equal((await removeWorktree({ ...plan, force: true })).removed, true);
    assert.equal(existsSync(plan.path), false);
  });

  it('is stopped at the last moment by what has changed meanwhile', async () => {
    const plan = await created(repositoryWith({ a: '1' }));
    const confirm = () => {
      throw new Error('it was resumed');
    };
    await assert.rejects(removeWorktree({ ...plan, force: true, confirm }), /resumed/);
    assert.ok(existsSync(join(plan.path, 'a')));
    assert.equal((await inspectCleanup(plan)).dirty, false);
  });

  it('keeps a branch with commits that are nowhere else, also when forced', async () => {
    const repo = repositoryWith({ a: '1' });
    const plan = await created(repo);
    write(plan.path, 'b', '1');
    commitAll(plan.path, 'work');
    write(plan.path, 'c', '1');
    commitAll(plan.path, 'more work');
    assert.equal((await inspectCleanup(plan)).unmergedCommits, 2);
    const removal = await removeWorktree({ ...plan, force: true });
    assert.deepEqual([removal.removed, removal.branch_kept], [true, true]);
    assert.match(removal.reason, /2 commits that are nowhere else/);
    assert.deepEqual(branches(repo), [plan.branch, 'main']);
  });

  for (const place of ['branch', 'tag', 'remote'] as const) {
    it(`deletes a branch whose commits are also on a ${place}`, async () => {
      const repo = repositoryWith({ a: '1' });
      const plan = await created(repo);
      write(plan.path, 'b', '1');
      const tip = commitAll(plan.path, 'work');
      const ref = { branch: 'refs/heads/kept', tag: 'refs/tags/v1', remote: 'refs/remotes/origin/x' }[place];
      run(repo, 'update-ref', ref, tip);
      const removal = await removeWorktree({ ...plan, force: false });
      assert.equal(removal.branch_kept, false);
      assert.ok(!branches(repo).includes(plan.branch));
    });
  }

  it('puts commits of a detached HEAD on a branch, so that they are not lost with the folder', async () => {
    const repo = repositoryWith({ a: '1' });
    const plan = await created(repo);
    run(plan.path, 'checkout', '--quiet', '--detach');
    write(plan.path, 'b', '1');
    const tip = commitAll(plan.path, 'work');
    assert.equal((await inspectCleanup(plan)).unmergedCommits, 1);
    const removal = await removeWorktree({ ...plan, force: false });
    assert.equal(run(repo, 'rev-parse', `refs/heads/${removal.rescued_branch}`), tip);
    assert.equal(removal.branch_kept, false);
  });

  it('keeps a branch that another worktree has checked out', async () => {
    const repo = repositoryWith({ a: '1' });
    const plan = await created(repo);
    run(plan.path, 'checkout', '--quiet', '--detach');
    run(repo, 'checkout', '--quiet', plan.branch);
    const removal = await removeWorktree({ ...plan, force: false });
    assert.equal(removal.branch_kept, true);
    assert.equal(run(repo, 'status', '--porcelain'), '');
  });

  it('can be repeated, and finishes one that was interrupted', async () => {
    const repo = repositoryWith({ a: '1' });
    const plan = await created(repo);
    mkdirSync(`${plan.path}.removing/rest`, { recursive: true });
    assert.equal((await removeWorktree({ ...plan, force: false })).removed, true);
    assert.equal((await removeWorktree({ ...plan, force: false })).removed, false);
    assert.equal(existsSync(dirname(plan.path)), false);
  });

  it('cleans up after a folder that the user deleted', async () => {
    const repo = repositoryWith({ a: '1' });
    const plan = await created(repo);
    rmSync(plan.path, { recursive: true });
    assert.equal((await removeWorktree({ ...plan, force: false })).removed, true);
    assert.equal(run(repo, 'worktree', 'prune', '--dry-run', '--verbose'), '');
    assert.deepEqual(branches(repo), ['main']);
  });

  it('does not treat a folder without .git as clean', async () => {
    const plan = await created(repositoryWith({ a: '1' }));
    rmSync(join(plan.path, '.git'));
    await assert.rejects(removeWorktree({ ...plan, force: false }), { code: 'WORKTREE_DIRTY' });
  });

  it("respects the user's lock", async () => {
    const repo = repositoryWith({ a: '1' });
    const plan = await created(repo);
    run(repo, 'worktree', 'lock', '--reason', 'still reading', plan.path);
    await assert.rejects(removeWorktree({ ...plan, force: false }), {
      code: 'WORKTREE_LOCKED',
      message: /still reading/,
    });
    assert.equal((await removeWorktree({ ...plan, force: true })).removed, true);
  });

  it("never touches a worktree that is not a session's", async () => {
    const repo = repositoryWith({ a: '1' });
    const path = join(dirname(repo), 'mine');
    run(repo, 'worktree', 'add', '--quiet', path);
    const request = { repo, path, branch: 'mine', force: true };
    await assert.rejects(removeWorktree(request), { code: 'WORKTREE_INVALID' });
    assert.ok(existsSync(path));
  });

  it('is refused when a submodule in it has commits that were never pushed', async () => {
    const inner = repositoryWith({ a: '1' }, 'inner');
    const repo = repositoryWith({ b: '1' }, 'outer');
    run(repo, '-c', 'protocol.file.allow=always', 'submodule', '--quiet', 'add', inner, 'sub');
    commitAll(repo, 'with a submodule');
    const plan = await created(repo);
    run(plan.path, '-c', 'protocol.file.allow=always', 'submodule', '--quiet', 'update', '--init');
    assert.equal((await inspectCleanup(plan)).dirty, false);
    write(plan.path, 'sub/new', '1');
    const author = ['-c', 'user.name=T', '-c', 'user.email=t@example.invalid'];
    run(join(plan.path, 'sub'), 'add', '.');
    run(join(plan.path, 'sub'), ...author, 'commit', '--quiet', '-m', 'inside');
    commitAll(plan.path, 'moves the submodule');
    await assert.rejects(removeWorktree({ ...plan, force: false }), { code: 'WORKTREE_DIRTY' });
    assert.equal((await removeWorktree({ ...plan, force: true })).branch_kept, true);
    assert.equal(existsSync(plan.path), false);
  });
});
