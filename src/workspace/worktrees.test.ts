import assert from 'node:assert/strict';
import { chmodSync, existsSync, mkdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { describe, it } from 'node:test';
import { commitAll, emptyRepository, folder, repositoryWith, run, write } from './testing/repository.ts';
import {
  createWorktree,
  inspectCleanup,
  listWorktrees,
  planWorktree,
  removeWorktree,
  type WorktreePlan,
} from './worktrees.ts';

let count = 0;
async function planned(repo: string): Promise<WorktreePlan> {
  count += 1;
  return planWorktree({ repo, provider: 'claude', sessionId: `ap_${count.toString(16).padStart(8, '0')}` });
}

async function created(repo: string): Promise<WorktreePlan> {
  const plan = await planned(repo);
  await createWorktree(plan);
  return plan;
}

const branches = (repo: string) => run(repo, 'branch', '--format=%(refname:short)').split('\n');

describe('a planned worktree', () => {
  it('lies beside the repository, on a branch of its session, and nothing is made yet', async () => {
    const repo = repositoryWith({ a: '1' }, 'shop');
    const plan = await planWorktree({ repo, provider: 'claude', sessionId: 'ap_3f2a' });
    assert.equal(plan.path, join(dirname(repo), '.agentpool-worktrees', 'shop-3f2a'));
    assert.equal(plan.branch, 'agentpool/claude/3f2a');
    assert.equal(plan.base, run(repo, 'rev-parse', 'HEAD'));
    assert.equal(existsSync(dirname(plan.path)), false);
    assert.deepEqual(branches(repo), ['main']);
  });

  it('needs a commit, and says what to type', async () => {
    const repo = emptyRepository();
    await assert.rejects(planned(repo), { code: 'WORKTREE_NEEDS_COMMIT', message: /commit --allow-empty/ });
  });

  it('needs a repository', async () => {
    await assert.rejects(planned(folder()), { code: 'NOT_A_REPOSITORY', message: /init/ });
  });

  it('refuses an id that would lead elsewhere', async () => {
    const repo = repositoryWith({ a: '1' });
    for (const sessionId of ['../../etc', 'ap_a/b', 'ap_', '-x']) {
      await assert.rejects(planWorktree({ repo, provider: 'claude', sessionId }), {
        code: 'WORKTREE_INVALID',
      });
    }
  });
});

describe('a created worktree', () => {
  it('holds the files of the commit in a folder that only its user can enter', async () => {
    const repo = repositoryWith({ 'a.txt': 'one' });
    const plan = await created(repo);
    assert.equal(readFileSync(join(plan.path, 'a.txt'), 'utf8'), 'one');
    assert.equal(run(plan.path, 'symbolic-ref', '--short', 'HEAD'), plan.branch);
    assert.equal(statSync(dirname(plan.path)).mode & 0o777, 0o700);
    assert.equal(run(repo, 'status', '--porcelain'), '');
  });

  it('starts at the commit of a linked worktree, a subfolder, a path with spaces, and never nests', async () => {
    const repo = repositoryWith({ 'sub/a.txt': 'one' }, 'mit Leerzeichen ü');
    const first = await created(join(repo, 'sub'));
    write(first.path, 'b.txt', 'two');
    const tip = commitAll(first.path, 'second');
    const second = await created(join(first.path, 'sub'));
    assert.equal(second.base, tip);
    assert.equal(dirname(second.path), dirname(first.path));
    assert.equal(readFileSync(join(second.path, 'b.txt'), 'utf8'), 'two');
    assert.equal((await listWorktrees(repo)).length, 2);
  });

  it('keeps the sparse checkout of the tree it was made from', async () => {
    const repo = repositoryWith({ 'in/a': '1', 'out/b': '1', top: '1' });
    run(repo, 'sparse-checkout', 'set', '--cone', 'in');
    const plan = await created(repo);
    assert.ok(existsSync(join(plan.path, 'in', 'a')));
    assert.equal(run(plan.path, 'status', '--porcelain'), '');
    assert.equal((await removeWorktree({ ...plan, force: false })).removed, true);
  });

  it('is made eight times at once in one repository', async () => {
    const repo = repositoryWith({ a: '1' });
    const plans = await Promise.all(Array.from({ length: 8 }, () => created(repo)));
    assert.deepEqual(
      (await listWorktrees(repo)).map(({ path }) => path).sort(),
      plans.map(({ path }) => path).sort(),
    );
    await Promise.all(plans.map((plan) => removeWorktree({ ...plan, force: false })));
    assert.deepEqual(branches(repo), ['main']);
    assert.equal(existsSync(dirname(plans[0]?.path ?? '')), false);
  });

  it('is not made over something that is there', async () => {
    const plan = await created(repositoryWith({ a: '1' }));
    await assert.rejects(createWorktree(plan), { code: 'WORKTREE_EXISTS' });
    assert.ok(existsSync(join(plan.path, 'a')));
  });

  it('leaves nothing when a hook refuses it', async () => {
    const repo = repositoryWith({ a: '1' });
    write(repo, '.git/hooks/post-checkout', '#!/bin/sh\necho junk > junk\necho no thanks >&2\nexit 3\n');
    chmodSync(join(repo, '.git/hooks/post-checkout'), 0o755);
    const plan = await planned(repo);
    await assert.rejects(createWorktree(plan), { code: 'GIT_FAILED', message: /no thanks/ });
    assert.equal(existsSync(dirname(plan.path)), false);
    assert.deepEqual(branches(repo), ['main']);
    assert.deepEqual(await listWorktrees(repo), []);
  });
});

describe('the list of worktrees', () => {
  it('names session, branch, head and dirt of ours, and leaves out those of others', async () => {
    const repo = repositoryWith({ a: '1' });
    run(repo, 'worktree', 'add', '--quiet', join(dirname(repo), 'mine'));
    const [clean, dirty] = [await created(repo), await created(repo)];
    write(dirty.path, 'new', '1');
    const found = new Map((await listWorktrees(repo)).map((entry) => [entry.path, entry]));
    assert.equal(found.size, 2);
    assert.deepEqual(found.get(clean.path), {
      path: clean.path,
      branch: clean.branch,
      head: clean.base,
      dirty: false,
      missing: false,
      session_id: `ap_${basename(clean.branch)}`,
    });
    assert.equal(found.get(dirty.path)?.dirty, true);
  });

  it('knows the session of a worker that left its branch, and a folder that is gone', async () => {
    const repo = repositoryWith({ a: '1' });
    const [away, gone] = [await created(repo), await created(repo)];
    run(away.path, 'checkout', '--quiet', '--detach');
    rmSync(gone.path, { recursive: true });
    const found = new Map((await listWorktrees(repo)).map((entry) => [entry.session_id, entry]));
    assert.equal(found.get(`ap_${basename(away.branch)}`)?.branch, null);
    assert.equal(found.get(`ap_${basename(gone.branch)}`)?.missing, true);
  });
});

describe('removing a worktree', () => {
  it('takes folder, registration and branch when nothing was done there', async () => {
    const repo = repositoryWith({ a: '1' });
    const plan = await created(repo);
    run(plan.path, 'config', `branch.${plan.branch}.remote`, 'origin');
    assert.deepEqual(await inspectCleanup(plan), {
      exists: true,
      dirty: false,
      unmergedCommits: 0,
      locked: null,
    });
    const said = await removeWorktree({ ...plan, force: false });
    assert.deepEqual([said.removed, said.branch_kept], [true, false]);
    assert.equal(existsSync(dirname(plan.path)), false);
    assert.deepEqual(branches(repo), ['main']);
    assert.doesNotMatch(readFileSync(join(repo, '.git/config'), 'utf8'), /agentpool/);
    assert.equal(run(repo, 'worktree', 'prune', '--dry-run', '--verbose'), '');
  });

  it('refuses while there are uncommitted changes, unless forced', async () => {
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

  it('keeps a branch with commits that are nowhere else, also when forced', async () => {
    const repo = repositoryWith({ a: '1' });
    const plan = await created(repo);
    write(plan.path, 'b', '1');
    commitAll(plan.path, 'work');
    write(plan.path, 'c', '1');
    commitAll(plan.path, 'more work');
    assert.equal((await inspectCleanup(plan)).unmergedCommits, 2);
    const said = await removeWorktree({ ...plan, force: true });
    assert.deepEqual([said.removed, said.branch_kept], [true, true]);
    assert.match(said.reason, /2 commits that are nowhere else/);
    assert.deepEqual(branches(repo), [plan.branch, 'main']);
  });

  for (const place of ['branch', 'tag', 'remote'] as const) {
    it(`deletes a branch whose commits a ${place} holds`, async () => {
      const repo = repositoryWith({ a: '1' });
      const plan = await created(repo);
      write(plan.path, 'b', '1');
      const tip = commitAll(plan.path, 'work');
      const ref = { branch: 'refs/heads/kept', tag: 'refs/tags/v1', remote: 'refs/remotes/origin/x' }[place];
      run(repo, 'update-ref', ref, tip);
      const said = await removeWorktree({ ...plan, force: false });
      assert.equal(said.branch_kept, false);
      assert.ok(!branches(repo).includes(plan.branch));
    });
  }

  it('gives commits of a detached HEAD a branch, or they would go with the folder', async () => {
    const repo = repositoryWith({ a: '1' });
    const plan = await created(repo);
    run(plan.path, 'checkout', '--quiet', '--detach');
    write(plan.path, 'b', '1');
    const tip = commitAll(plan.path, 'work');
    assert.equal((await inspectCleanup(plan)).unmergedCommits, 1);
    const said = await removeWorktree({ ...plan, force: false });
    assert.equal(run(repo, 'rev-parse', `refs/heads/${said.rescued_branch}`), tip);
    assert.equal(said.branch_kept, false);
  });

  it('keeps a branch that another worktree is on', async () => {
    const repo = repositoryWith({ a: '1' });
    const plan = await created(repo);
    run(plan.path, 'checkout', '--quiet', '--detach');
    run(repo, 'checkout', '--quiet', plan.branch);
    const said = await removeWorktree({ ...plan, force: false });
    assert.equal(said.branch_kept, true);
    assert.equal(run(repo, 'status', '--porcelain'), '');
  });

  it('can be repeated, and finishes one that was ended half-way', async () => {
    const repo = repositoryWith({ a: '1' });
    const plan = await created(repo);
    mkdirSync(`${plan.path}.removing/rest`, { recursive: true });
    assert.equal((await removeWorktree({ ...plan, force: false })).removed, true);
    assert.equal((await removeWorktree({ ...plan, force: false })).removed, false);
    assert.equal(existsSync(dirname(plan.path)), false);
  });

  it('tidies up after a folder that somebody deleted', async () => {
    const repo = repositoryWith({ a: '1' });
    const plan = await created(repo);
    rmSync(plan.path, { recursive: true });
    assert.equal((await removeWorktree({ ...plan, force: false })).removed, true);
    assert.equal(run(repo, 'worktree', 'prune', '--dry-run', '--verbose'), '');
    assert.deepEqual(branches(repo), ['main']);
  });

  it('does not take a folder that git lost sight of for a clean one', async () => {
    const plan = await created(repositoryWith({ a: '1' }));
    rmSync(join(plan.path, '.git'));
    await assert.rejects(removeWorktree({ ...plan, force: false }), { code: 'WORKTREE_DIRTY' });
  });

  it('respects the lock that a user put on it', async () => {
    const repo = repositoryWith({ a: '1' });
    const plan = await created(repo);
    run(repo, 'worktree', 'lock', '--reason', 'still reading', plan.path);
    await assert.rejects(removeWorktree({ ...plan, force: false }), {
      code: 'WORKTREE_LOCKED',
      message: /still reading/,
    });
    assert.equal((await removeWorktree({ ...plan, force: true })).removed, true);
  });

  it('never touches a worktree that is not ours', async () => {
    const repo = repositoryWith({ a: '1' });
    const path = join(dirname(repo), 'mine');
    run(repo, 'worktree', 'add', '--quiet', path);
    const wish = { repo, path, branch: 'mine', force: true };
    await assert.rejects(removeWorktree(wish), { code: 'WORKTREE_INVALID' });
    assert.ok(existsSync(path));
  });

  it('refuses when a submodule in it holds commits that were never pushed', async () => {
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
