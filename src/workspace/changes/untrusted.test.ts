import assert from 'node:assert/strict';
import { chmodSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { readSettings } from '../git/private-git.ts';
import { commitAll, folder, repositoryWith, run, write } from '../testing/repository.ts';
import { created } from '../testing/worktree.ts';
import { inspectCleanup, removeWorktree } from '../worktrees/removal.ts';
import { baselineOfCheckout, freeObjects, takeBaseline } from './baseline.ts';
import { type Changes, changesSince } from './changes.ts';

/** A repository with a worker's baseline in it, and what collects its work. */
async function worked(repo: string) {
  const kept = join(folder(), 'kept');
  const baseline = await takeBaseline(repo, { folder: kept });
  return { baseline, kept, collect: () => changesSince(baseline, repo, { folder: kept }) };
}

const statuses = (changes: Changes) => changes.files.map(({ status, path }) => `${status} ${path}`);
const patchOf = ({ patch }: Changes): string => (patch.kind === 'made' ? patch.bytes.toString() : patch.kind);
const sizeOf = (root: string): number =>
  readdirSync(root, { recursive: true }).reduce(
    (sum, name) => sum + statSync(join(root, String(name))).size,
    0,
  );

describe('a repository that its worker turned against the user', () => {
  /** Every setting and file by which git runs a program, each of which writes its name into `ran`. */
  function armed(repo: string, gitDir: string, ran: string): void {
    const says = (name: string) => `echo ${name} >> '${ran}'; cat`;
    for (const [key, value] of [
      ['filter.spy.clean', says('clean')],
      ['filter.spy.smudge', says('smudge')],
      ['filter.spy.required', 'true'],
      ['diff.spy.textconv', says('textconv')],
      ['diff.spy.command', says('command')],
      ['diff.external', says('external')],
      ['core.fsmonitor', says('fsmonitor')],
      ['core.pager', says('pager')],
      ['core.editor', says('editor')],
      ['core.askPass', says('askpass')],
      ['core.sshCommand', says('ssh')],
      ['credential.helper', `!${says('credential')}`],
    ] as const)
      run(repo, 'config', '--file', join(gitDir, 'config'), key, value);
    for (const hook of ['post-checkout', 'post-index-change', 'pre-commit', 'reference-transaction']) {
      write(gitDir, `hooks/${hook}`, `#!/bin/sh\n${says(hook)}\n`);
      chmodSync(join(gitDir, 'hooks', hook), 0o755);
    }
    write(repo, '.gitattributes', '* filter=spy diff=spy\n');
  }

  it('runs nothing at collect, at cleanup and at the next spawn', async () => {
    const repo = repositoryWith({ a: '1', b: '1' });
    const ran = join(folder(), 'ran');
    const { collect } = await worked(repo);
    armed(repo, join(repo, '.git'), ran);
    write(repo, 'a', '2');
    write(repo, 'new', '2');
    assert.deepEqual(statuses(await collect()), ['A .gitattributes', 'M a', 'A new']);
    await takeBaseline(repo, { folder: join(folder(), 'kept') });
    const plan = await created(repo);
    write(plan.path, 'a', '3');
    assert.equal((await inspectCleanup(plan)).dirty, true);
    await removeWorktree({ ...plan, force: true });
    assert.equal(existsSync(ran), false, existsSync(ran) ? readFileSync(ran, 'utf8') : '');
  });

  it('runs nothing of a repository that it planted as a submodule', async () => {
    const repo = repositoryWith({ a: '1' });
    const ran = join(folder(), 'ran');
    const plan = await created(repo);
    const { git_dir, common_dir } = await placeOf(plan.path);
    const kept = { folder: join(folder(), 'kept') };
    const { settings } = await readSettings(git_dir);
    const place = { root: plan.path, git_dir, common_dir };
    const tree = run(repo, 'rev-parse', 'HEAD^{tree}');
    const baseline = await baselineOfCheckout(
      place,
      { commit: plan.base, tree, settings, warnings: [] },
      kept,
    );
    const inner = join(plan.path, 'sub');
    mkdirSync(inner);
    run(inner, 'init', '--quiet');
    for (const [key, value] of [
      ['user.name', 'T'],
      ['user.email', 't@example.invalid'],
    ] as const)
      run(inner, 'config', key, value);
    write(inner, 'x', '1');
    commitAll(inner, 'inside');
    run(plan.path, 'add', 'sub');
    write(plan.path, '.gitmodules', '[submodule "sub"]\n\tpath = sub\n\turl = ./sub\n\tignore = none\n');
    armed(inner, join(inner, '.git'), ran);
    write(inner, 'x', '2');
    const changes = await changesSince(baseline, plan.path, kept);
    assert.deepEqual(statuses(changes), ['A .gitmodules', 'A sub']);
    assert.match(changes.warnings.join(), /inside the submodule sub/);
    assert.equal((await inspectCleanup(plan)).dirty, true);
    assert.equal(existsSync(ran), false, existsSync(ran) ? readFileSync(ran, 'utf8') : '');
  });

  it('is read where it was planned, wherever .git points to', async () => {
    const repo = repositoryWith({ a: '1' });
    const ran = join(folder(), 'ran');
    const plan = await created(repo);
    const kept = { folder: join(folder(), 'kept') };
    const baseline = await takeBaseline(plan.path, kept);
    const evil = repositoryWith({ a: '2' }, 'evil');
    armed(evil, join(evil, '.git'), ran);
    write(plan.path, 'a', '2');
    write(plan.path, '.git', `gitdir: ${join(evil, '.git')}\n`);
    assert.deepEqual(statuses(await changesSince(baseline, plan.path, kept)), ['M a']);
    assert.equal((await inspectCleanup(plan)).dirty, true);
    assert.equal(existsSync(ran), false);
  });
});

async function placeOf(path: string) {
  const [git_dir = '', common_dir = ''] = run(
    path,
    'rev-parse',
    '--path-format=absolute',
    '--git-dir',
    '--git-common-dir',
  ).split('\n');
  return { git_dir, common_dir };
}

describe('work that is hidden from git', () => {
  for (const flag of ['--skip-worktree', '--assume-unchanged']) {
    it(`by ${flag} is in the patch, and a cleanup stops at it`, async () => {
      const repo = repositoryWith({ a: '1\n', b: '1\n' });
      const plan = await created(repo);
      const kept = { folder: join(folder(), 'kept') };
      const baseline = await takeBaseline(plan.path, kept);
      run(plan.path, 'update-index', flag, 'a', 'b');
      write(plan.path, 'a', '2\n');
      rmSync(join(plan.path, 'b'));
      const changes = await changesSince(baseline, plan.path, kept);
      assert.deepEqual(statuses(changes), ['M a', 'D b']);
      assert.match(patchOf(changes), /^\+2$/m);
      assert.match(changes.git_status, /^ M a$/m);
      await assert.rejects(removeWorktree({ ...plan, force: false }), { code: 'WORKTREE_DIRTY' });
    });
  }

  it('by a rule that ignores it is named, and a cleanup stops at it, but not at what tools generate', async () => {
    const repo = repositoryWith({ '.gitignore': '*.local.md\nnode_modules/\nout/\n' });
    const plan = await created(repo);
    const kept = { folder: join(folder(), 'kept') };
    const baseline = await takeBaseline(plan.path, kept);
    write(plan.path, 'node_modules/x/index.js', '1');
    assert.deepEqual((await changesSince(baseline, plan.path, kept)).ignored_files, []);
    assert.deepEqual((await inspectCleanup(plan)).ignored, []);
    write(plan.path, 'report.local.md', '1');
    write(plan.path, 'out/result', '1');
    const changes = await changesSince(baseline, plan.path, kept);
    assert.deepEqual(changes.ignored_files, ['out/', 'report.local.md']);
    await assert.rejects(removeWorktree({ ...plan, force: false }), {
      code: 'WORKTREE_DIRTY',
      message: /out\/, report\.local\.md/,
    });
  });

  it('by the removal of its index is found by a cleanup', async () => {
    const repo = repositoryWith({ a: '1' });
    const plan = await created(repo);
    write(plan.path, 'a', '2');
    rmSync(join((await placeOf(plan.path)).git_dir, 'index'));
    await assert.rejects(removeWorktree({ ...plan, force: false }), { code: 'WORKTREE_DIRTY' });
  });
});

describe('a baseline', () => {
  it('copies small files, and knows large ones by their size and times', async () => {
    const repo = repositoryWith({ a: '1' });
    write(repo, 'large.bin', Buffer.alloc(3_000_000, 1));
    write(repo, 'other.bin', Buffer.alloc(3_000_000, 2));
    for (let n = 0; n < 20; n += 1) write(repo, `many/${n}`, Buffer.alloc(1_000_000, n));
    const { kept, collect } = await worked(repo);
    assert.ok(sizeOf(kept) < 20_000_000);
    assert.deepEqual((await collect()).changed_files, []);
    write(repo, 'large.bin', 'short now');
    rmSync(join(repo, 'other.bin'));
    write(repo, 'a', '2');
    const changes = await collect();
    assert.deepEqual(statuses(changes), ['M a', 'M large.bin', 'D other.bin']);
    assert.match(changes.warnings.join(), /not in the patch.*: large\.bin, other\.bin/);
    assert.match(patchOf(changes), /^\+2$/m);
  });

  it('survives a git gc that removes what only the index of the user had', async () => {
    const repo = repositoryWith({ a: '1' });
    write(repo, 'staged', 'staged\n');
    run(repo, 'add', 'staged');
    const { collect } = await worked(repo);
    run(repo, 'rm', '--quiet', '--cached', '--force', 'staged');
    write(repo, 'staged', 'other\n');
    run(repo, 'gc', '--quiet', '--prune=now');
    const changes = await collect();
    assert.deepEqual(statuses(changes), ['M staged']);
    assert.match(patchOf(changes), /^-staged$/m);
  });

  it('lists the changes, without a patch, when the history it rests on is gone', async () => {
    const repo = repositoryWith({ a: '1', b: '1' });
    write(repo, 'b', 'dirty');
    const { collect } = await worked(repo);
    write(repo, 'a', '2');
    run(repo, 'commit', '--quiet', '--all', '--amend', '--message', 'other');
    run(repo, 'reflog', 'expire', '--expire=now', '--all');
    run(repo, 'gc', '--quiet', '--prune=now');
    const changes = await collect();
    assert.deepEqual(statuses(changes), ['M a']);
    assert.equal(changes.patch.kind, 'none');
    assert.match(changes.warnings.join(), /objects of the baseline are gone/);
  });

  it('frees its copies when the work was collected, and still finds what is touched later', async () => {
    const repo = repositoryWith({ a: '1' });
    write(repo, 'u', 'before');
    const { baseline, kept } = await worked(repo);
    const freed = await freeObjects(baseline, kept);
    assert.deepEqual(readdirSync(kept), ['index']);
    write(repo, 'u', 'after');
    const changes = await changesSince(freed, repo, { folder: kept });
    assert.deepEqual(statuses(changes), ['M u']);
    assert.equal(changes.patch.kind, 'earlier');
  });

  it('removes what a killed collection left, and not the work of a living one', async () => {
    const repo = repositoryWith({ a: '1' });
    const { kept, collect } = await worked(repo);
    // No process has this id: Linux counts to 4194304.
    mkdirSync(join(kept, 'agentpool-git-99999999-abc', 'objects'), { recursive: true });
    mkdirSync(join(kept, `agentpool-git-${process.ppid}-abc`));
    await collect();
    assert.deepEqual(readdirSync(kept).sort(), [`agentpool-git-${process.ppid}-abc`, 'index']);
  });

  it('needs no filter, whose program may be missing', async () => {
    const repo = repositoryWith({ '.gitattributes': '*.bin filter=lfs\n' });
    for (const kind of ['clean', 'smudge']) run(repo, 'config', `filter.lfs.${kind}`, 'no-such-program');
    run(repo, 'config', 'filter.lfs.required', 'true');
    write(repo, 'x.bin', 'data\n');
    const { collect } = await worked(repo);
    write(repo, 'x.bin', 'more\n');
    assert.deepEqual(statuses(await collect()), ['M x.bin']);
  });
});
