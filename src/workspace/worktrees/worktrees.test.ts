import assert from 'node:assert/strict';
import { chmodSync, existsSync, readFileSync, renameSync, rmSync, statSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { describe, it } from 'node:test';
import { commitAll, emptyRepository, folder, repositoryWith, run, write } from '../testing/repository.ts';
import { created, elsewhere, planned } from '../testing/worktree.ts';
import { removeWorktree } from './removal.ts';
import { createWorktree, listWorktrees, planWorktree } from './worktrees.ts';

const branches = (repo: string) => run(repo, 'branch', '--format=%(refname:short)').split('\n');

describe('a planned worktree', () => {
  it('is beside the repository, on a branch of its session, and not created yet', async () => {
    const repo = repositoryWith({ a: '1' }, 'shop');
    const plan = await planWorktree({ ...elsewhere, repo, provider: 'claude', sessionId: 'ap_3f2a' });
    assert.equal(plan.path, join(dirname(repo), '.agentpool-worktrees', 'shop-3f2a'));
    assert.equal(plan.branch, 'agentpool/claude/3f2a');
    assert.equal(plan.base, run(repo, 'rev-parse', 'HEAD'));
    assert.equal(existsSync(dirname(plan.path)), false);
    assert.deepEqual(branches(repo), ['main']);
  });

  it('needs a commit, and names the command to type', async () => {
    const repo = emptyRepository();
    await assert.rejects(planned(repo), { code: 'WORKTREE_NEEDS_COMMIT', message: /commit --allow-empty/ });
  });

  it('needs a repository', async () => {
    await assert.rejects(planned(folder()), { code: 'NOT_A_REPOSITORY', message: /init/ });
  });

  it('refuses an id that would lead elsewhere', async () => {
    const repo = repositoryWith({ a: '1' });
    for (const sessionId of ['../../etc', 'ap_a/b', 'ap_', '-x']) {
      await assert.rejects(planWorktree({ ...elsewhere, repo, provider: 'claude', sessionId }), {
        code: 'WORKTREE_INVALID',
      });
    }
  });
});

describe('a created worktree', () => {
  it('has the files of the commit in a folder that only its user can open', async () => {
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

  it('keeps the sparse checkout of the tree it was created from', async () => {
    const repo = repositoryWith({ 'in/a': '1', 'out/b': '1', top: '1' });
    run(repo, 'sparse-checkout', 'set', '--cone', 'in');
    const plan = await created(repo);
    assert.ok(existsSync(join(plan.path, 'in', 'a')));
    assert.equal(run(plan.path, 'status', '--porcelain'), '');
    assert.equal((await removeWorktree({ ...plan, force: false })).removed, true);
  });

  it('is created eight times at once in one repository', async () => {
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

  it('is not created over something that exists', async () => {
    const plan = await created(repositoryWith({ a: '1' }));
    await assert.rejects(createWorktree(plan), { code: 'WORKTREE_EXISTS' });
    assert.ok(existsSync(join(plan.path, 'a')));
  });

  it('runs no hook and no filter of the repository, and names them', async () => {
    const repo = repositoryWith({ a: '1', 'x.bin': 'pointer', '.gitattributes': '*.bin filter=spy\n' });
    const ran = join(folder(), 'ran');
    for (const hook of ['post-checkout', 'reference-transaction', 'post-index-change']) {
      write(repo, `.git/hooks/${hook}`, `#!/bin/sh\necho ${hook} >> '${ran}'\nexit 3\n`);
      chmodSync(join(repo, '.git/hooks', hook), 0o755);
    }
    const included = join(folder(), 'included');
    for (const kind of ['smudge', 'clean', 'process'])
      run(repo, 'config', `filter.spy.${kind}`, `echo ${kind} >> '${ran}'; cat`);
    run(repo, 'config', 'filter.spy.required', 'true');
    run(repo, 'config', 'core.fsmonitor', `echo fsmonitor >> '${ran}'`);
    // Only in force on the branch of a worker.
    run(repo, 'config', 'includeIf.onbranch:agentpool/**.path', included);
    run(repo, 'config', '--file', included, 'filter.other.smudge', `echo other >> '${ran}'; cat`);
    const plan = await planned(repo);
    const { warnings } = await createWorktree(plan);
    assert.equal(existsSync(ran), false);
    assert.equal(readFileSync(join(plan.path, 'x.bin'), 'utf8'), 'pointer');
    assert.match(warnings.join('\n'), /post-checkout hook was not run/);
    assert.match(warnings.join('\n'), /x\.bin is as stored .*spy.* lfs pull/);
    assert.equal((await removeWorktree({ ...plan, force: false })).removed, true);
    assert.equal(existsSync(ran), false);
  });

  it('has the submodules of the work tree that it comes from, without the network', async () => {
    const inner = repositoryWith({ a: '1' }, 'inner');
    const repo = repositoryWith({ b: '1' }, 'outer');
    const add = ['-c', 'protocol.file.allow=always', 'submodule', '--quiet', 'add', inner];
    for (const name of ['libs/sub dir', 'other']) run(repo, ...add, name);
    commitAll(repo, 'with submodules');
    const ran = join(folder(), 'ran');
    write(repo, '.git/modules/other/hooks/post-checkout', `#!/bin/sh\ntouch '${ran}'\n`);
    chmodSync(join(repo, '.git/modules/other/hooks/post-checkout'), 0o755);
    renameSync(inner, `${inner}-gone`);
    const plan = await planned(repo);
    assert.deepEqual((await createWorktree(plan)).warnings, []);
    const sub = join(plan.path, 'libs/sub dir');
    assert.equal(readFileSync(join(sub, 'a'), 'utf8'), '1');
    assert.equal(run(sub, 'rev-parse', 'HEAD'), run(join(repo, 'other'), 'rev-parse', 'HEAD'));
    assert.equal(run(plan.path, 'status', '--porcelain'), '');
    assert.match(run(plan.path, 'submodule', 'status'), /^ \w+ libs\/sub dir/);
    assert.equal(existsSync(ran), false);
    run(
      sub,
      '-c',
      'user.name=T',
      '-c',
      'user.email=t@example.invalid',
      'commit',
      '-q',
      '--allow-empty',
      '-m',
      'x',
    );
    run(plan.path, 'update-index', '--assume-unchanged', 'libs/sub dir');
    await assert.rejects(removeWorktree({ ...plan, force: false }), { code: 'WORKTREE_DIRTY' });
    run(sub, 'checkout', '--quiet', 'HEAD~');
    assert.equal((await removeWorktree({ ...plan, force: false })).removed, true);
  });

  it('names the submodules that are empty, since their commits are not here', async () => {
    const inner = repositoryWith({ a: '1' }, 'inner');
    const repo = repositoryWith({ b: '1' }, 'outer');
    run(repo, '-c', 'protocol.file.allow=always', 'submodule', '--quiet', 'add', inner, 'sub');
    commitAll(repo, 'with a submodule');
    run(repo, 'submodule', '--quiet', 'deinit', '--force', 'sub');
    const { warnings } = await createWorktree(await planned(repo));
    assert.match(warnings.join(), /the submodule sub is empty .*submodule update --init/);
  });

  it('of a submodule, and of a clone inside of another repository, is outside of both', async () => {
    const inner = repositoryWith({ a: '1' }, 'inner');
    const outer = repositoryWith({ b: '1' }, 'outer');
    run(outer, '-c', 'protocol.file.allow=always', 'submodule', '--quiet', 'add', inner, 'libs/sub');
    const plan = await created(join(outer, 'libs/sub'));
    assert.equal(dirname(dirname(plan.path)), dirname(outer));
    assert.equal(basename(plan.path).startsWith('sub-'), true);
    assert.equal((await listWorktrees(join(outer, 'libs/sub'))).length, 1);
  });

  it('of a bare repository is beside it', async () => {
    const repo = repositoryWith({ a: '1' });
    const project = folder('project');
    run(repo, 'clone', '--quiet', '--bare', repo, join(project, '.bare'));
    write(project, '.git', 'gitdir: ./.bare\n');
    const plan = await created(project);
    assert.equal(dirname(plan.path), join(project, '.agentpool-worktrees'));
    assert.equal(readFileSync(join(plan.path, 'a'), 'utf8'), '1');
    assert.equal((await removeWorktree({ ...plan, repo: project, force: false })).removed, true);
  });

  it('has another branch where branches have the names of its folders', async () => {
    for (const taken of ['agentpool', 'agentpool/claude']) {
      const repo = repositoryWith({ a: '1' });
      run(repo, 'branch', taken);
      const plan = await created(repo);
      assert.match(plan.branch, /^agentpool-claude-/);
      assert.equal((await removeWorktree({ ...plan, force: false })).branch_kept, false);
      assert.deepEqual(branches(repo), [taken, 'main']);
    }
  });

  it('is in the folder that the config names, which is not inside of the repository', async () => {
    const repo = repositoryWith({ a: '1' });
    const root = join(folder(), 'not there yet');
    const request = { repo, provider: 'claude', sessionId: 'ap_1', home: elsewhere.home };
    const plan = await planWorktree({ ...request, root });
    assert.equal(dirname(plan.path), join(root, '.agentpool-worktrees'));
    await createWorktree(plan);
    assert.deepEqual(
      (await listWorktrees(repo)).map(({ path }) => path),
      [plan.path],
    );
    assert.equal((await removeWorktree({ ...plan, force: false })).removed, true);
    for (const inside of [repo, join(repo, 'trees')])
      await assert.rejects(planWorktree({ ...request, root: inside }), { code: 'WORKTREE_INVALID' });
  });

  it('is below the home of AgentPool when no folder can be made beside the repository', async () => {
    const repo = repositoryWith({ a: '1' });
    // A file in its place refuses the folder also for root, who may write everywhere.
    write(dirname(repo), '.agentpool-worktrees', '');
    const plan = await created(repo);
    assert.equal(dirname(plan.path), join(elsewhere.home, '.agentpool-worktrees'));
    assert.equal((await listWorktrees(repo)).length, 1);
    assert.equal((await removeWorktree({ ...plan, force: false })).removed, true);
  });
});

describe('the list of worktrees', () => {
  it('has session, branch, head and uncommitted changes of session worktrees, and leaves out others', async () => {
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

  it('has the session of a worker that left its branch, and a folder that is gone', async () => {
    const repo = repositoryWith({ a: '1' });
    const [detached, missing] = [await created(repo), await created(repo)];
    run(detached.path, 'checkout', '--quiet', '--detach');
    rmSync(missing.path, { recursive: true });
    const found = new Map((await listWorktrees(repo)).map((entry) => [entry.session_id, entry]));
    assert.equal(found.get(`ap_${basename(detached.branch)}`)?.branch, null);
    assert.equal(found.get(`ap_${basename(missing.branch)}`)?.missing, true);
  });
});
