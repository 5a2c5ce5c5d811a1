import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import {
  chmodSync,
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  renameSync,
  rmSync,
  symlinkSync,
  utimesSync,
} from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { commitAll, emptyRepository, folder, repositoryWith, run, write } from '../testing/repository.ts';
import { type Baseline, takeBaseline } from './baseline.ts';
import { type Changes, changesSince as changesSinceIn } from './changes.ts';

const sha256 = (content: string | Uint8Array) => createHash('sha256').update(content).digest('hex');
const folders = new Map<string, string>();
async function baselineOf(path: string, kept = join(folder('e:f "g'), 'kept')): Promise<Baseline> {
  const baseline = await takeBaseline(path, { folder: kept });
  folders.set(JSON.stringify(baseline), kept);
  return baseline;
}
const keptOf = (baseline: Baseline): string => folders.get(JSON.stringify(baseline)) ?? folder();
const changesSince = (baseline: Baseline, path: string): Promise<Changes> =>
  changesSinceIn(baseline, path, { folder: keptOf(baseline) });
const patchOf = ({ patch }: Changes): Buffer => {
  assert.equal(patch.kind, 'made');
  return patch.kind === 'made' ? patch.bytes : Buffer.alloc(0);
};
const statuses = (changes: Changes) => changes.files.map(({ status, path }) => `${status} ${path}`);

/** A copy of the earlier files with the patch applied. */
function applied(before: string, diff: Buffer): string {
  const copy = folder('applied');
  cpSync(before, copy, { recursive: true, verbatimSymlinks: true, filter: (path) => !path.endsWith('.git') });
  run(copy, 'init', '--quiet');
  const patch = join(folder(), 'diff.patch');
  write(join(patch, '..'), 'diff.patch', diff);
  if (diff.length > 0) run(copy, 'apply', '--binary', '--whitespace=nowarn', patch);
  return copy;
}

describe('the changes of a worker', () => {
  it('include what it committed, staged, left unstaged and never added', async () => {
    const repo = repositoryWith({ committed: '1', staged: '1', unstaged: '1', gone: '1', same: '1' });
    const before = folder('before');
    cpSync(repo, before, { recursive: true });
    const baseline = await baselineOf(repo);
    write(repo, 'committed', '2');
    rmSync(join(repo, 'gone'));
    commitAll(repo, 'work');
    write(repo, 'staged', '2');
    run(repo, 'add', 'staged');
    write(repo, 'unstaged', '2');
    write(repo, 'new folder/untracked ü', '2');
    const changes = await changesSince(baseline, repo);
    assert.deepEqual(statuses(changes), [
      'M committed',
      'D gone',
      'A new folder/untracked ü',
      'M staged',
      'M unstaged',
    ]);
    assert.deepEqual(changes.changed_files, [
      'committed',
      'gone',
      'new folder/untracked ü',
      'staged',
      'unstaged',
    ]);
    assert.equal(changes.files[0]?.sha256, sha256('2'));
    assert.equal(changes.files[1]?.sha256, null);
    assert.equal(changes.is_repo && changes.dirty, true);
    assert.match(changes.git_status, /^## main\n/);
    const copy = applied(before, patchOf(changes));
    assert.equal(readFileSync(join(copy, 'new folder/untracked ü'), 'utf8'), '2');
    assert.equal(existsSync(join(copy, 'gone')), false);
  });

  it('exclude what was changed before it started', async () => {
    const repo = repositoryWith({ a: '1', b: '1', c: '1' });
    write(repo, 'a', 'dirty before');
    write(repo, 'b', 'staged before');
    run(repo, 'add', 'b');
    write(repo, 'u', 'untracked before');
    const before = folder('before');
    cpSync(repo, before, { recursive: true });
    const baseline = await baselineOf(repo);
    assert.deepEqual((await changesSince(baseline, repo)).changed_files, []);
    write(repo, 'u', 'untracked after');
    write(repo, 'b', 'after');
    const changes = await changesSince(baseline, repo);
    assert.deepEqual(statuses(changes), ['M b', 'M u']);
    assert.equal(readFileSync(join(applied(before, patchOf(changes)), 'u'), 'utf8'), 'untracked after');
  });

  it('include renames, modes, links, types and binary files', async () => {
    const repo = repositoryWith({
      'old name': 'line\n'.repeat(50),
      script: '1',
      kind: 'was a file',
      'b.bin': '\0\x01',
    });
    symlinkSync('script', join(repo, 'link'));
    commitAll(repo, 'link');
    const before = folder('before');
    cpSync(repo, before, { recursive: true, verbatimSymlinks: true });
    const baseline = await baselineOf(repo);
    renameSync(join(repo, 'old name'), join(repo, 'new name'));
    chmodSync(join(repo, 'script'), 0o755);
    rmSync(join(repo, 'kind'));
    symlinkSync('nowhere', join(repo, 'kind'));
    rmSync(join(repo, 'link'));
    symlinkSync('elsewhere', join(repo, 'link'));
    write(repo, 'b.bin', Buffer.from([0, 200, 255, 0]));
    const changes = await changesSince(baseline, repo);
    const { files, changed_files } = changes;
    const diff = patchOf(changes);
    const found = new Map(files.map((file) => [file.path, file]));
    assert.deepEqual(found.get('new name'), {
      path: 'new name',
      old_path: 'old name',
      status: 'R',
      binary: false,
      sha256: sha256('line\n'.repeat(50)),
      mode: '100644',
    });
    assert.deepEqual([found.get('script')?.status, found.get('script')?.mode], ['M', '100755']);
    assert.deepEqual([found.get('kind')?.status, found.get('kind')?.mode], ['T', '120000']);
    assert.equal(found.get('link')?.sha256, sha256('elsewhere'));
    assert.deepEqual([found.get('b.bin')?.binary, found.get('script')?.binary], [true, false]);
    assert.ok(changed_files.includes('old name') && changed_files.includes('new name'));
    const copy = applied(before, diff);
    assert.deepEqual(readFileSync(join(copy, 'b.bin')), Buffer.from([0, 200, 255, 0]));
  });

  it('can be applied where a link became a folder that contains it, which git apply refuses as a rename', async () => {
    const repo = repositoryWith({ other: '1' });
    symlinkSync('nowhere', join(repo, 'a'));
    const before = folder('before');
    cpSync(repo, before, { recursive: true, verbatimSymlinks: true });
    const baseline = await baselineOf(repo);
    rmSync(join(repo, 'a'));
    mkdirSync(join(repo, 'a'));
    symlinkSync('nowhere', join(repo, 'a', 'c'));
    const changes = await changesSince(baseline, repo);
    assert.deepEqual(statuses(changes), ['D a', 'A a/c']);
    assert.equal(readlinkSync(join(applied(before, patchOf(changes)), 'a', 'c')), 'nowhere');
  });

  it('leave index, repository and work tree unchanged, with no lock left', async () => {
    const repo = repositoryWith({ a: '1', b: '1' });
    write(repo, 'a', '2');
    write(repo, 'u', '2');
    run(repo, 'add', 'a');
    const state = () => [
      readFileSync(join(repo, '.git/index')).toString('hex'),
      run(repo, 'status', '--porcelain'),
      ...readdirSync(join(repo, '.git'), { recursive: true }).map(String).sort(),
      run(repo, 'for-each-ref'),
    ];
    run(repo, 'status');
    const was = state();
    const baseline = await baselineOf(repo);
    write(repo, 'b', '2');
    await changesSince(baseline, repo);
    write(repo, 'b', '1');
    run(repo, 'status');
    const is = state();
    assert.deepEqual(is.slice(1), was.slice(1));
  });

  it('do not write to the index', async () => {
    const repo = repositoryWith({ a: '1' });
    write(repo, 'a', '2');
    write(repo, 'u', '2');
    const was = readFileSync(join(repo, '.git/index'));
    await changesSince(await baselineOf(repo), repo);
    assert.deepEqual(readFileSync(join(repo, '.git/index')), was);
  });

  it('include a change of the same size at the same moment as the index was written', async () => {
    const repo = repositoryWith({ a: '1' });
    run(repo, 'config', 'core.trustctime', 'false');
    const moment = new Date('2024-01-01T00:00:00Z');
    utimesSync(join(repo, 'a'), moment, moment);
    run(repo, 'update-index', '--refresh');
    utimesSync(join(repo, '.git/index'), moment, moment);
    const baseline = await baselineOf(repo);
    write(repo, 'a', '2');
    utimesSync(join(repo, 'a'), moment, moment);
    assert.deepEqual((await changesSince(baseline, repo)).changed_files, ['a']);
  });

  it('start from nothing in a repository without commits', async () => {
    const repo = emptyRepository();
    const empty = await baselineOf(repo);
    write(repo, 'a', '1');
    const dirty = await baselineOf(repo);
    commitAll(repo, 'first');
    write(repo, 'b', '1');
    assert.deepEqual(statuses(await changesSince(empty, repo)), ['A a', 'A b']);
    assert.deepEqual(statuses(await changesSince(dirty, repo)), ['A b']);
  });

  it('cover the whole repository when the worker runs in a subfolder, a linked worktree or behind a colon', async () => {
    const repo = repositoryWith({ 'sub/a': '1', top: '1' }, 'with:colon "quoted" ü');
    const linked = join(folder('c:d'), 'linked');
    run(repo, 'worktree', 'add', '--quiet', linked);
    for (const root of [repo, linked]) {
      write(root, 'untracked', '1');
      const baseline = await baselineOf(join(root, 'sub'));
      write(root, 'top', '2');
      write(root, 'untracked', '2');
      assert.deepEqual((await changesSince(baseline, join(root, 'sub'))).changed_files, ['top', 'untracked']);
    }
  });

  it('include ignored files only when they are tracked', async () => {
    const repo = repositoryWith({ '.gitignore': 'ignored\n' });
    write(repo, 'late', '1');
    const baseline = await baselineOf(repo);
    write(repo, 'ignored', '1');
    write(repo, 'forced.log', '1');
    write(repo, '.gitignore', 'ignored\nlate\n*.log\n');
    run(repo, 'add', '--force', 'forced.log');
    const changes = await changesSince(baseline, repo);
    assert.deepEqual(
      statuses(changes),
      ['M .gitignore', 'A forced.log'],
      'late is ignored now, and not deleted',
    );
  });

  it('are complete in a sparse checkout', async () => {
    const repo = repositoryWith({ 'in/a': '1', 'out/b': '1' });
    run(repo, 'sparse-checkout', 'set', '--cone', 'in');
    write(repo, 'in/u', '1');
    const baseline = await baselineOf(repo);
    assert.deepEqual((await changesSince(baseline, repo)).changed_files, []);
    write(repo, 'in/a', '2');
    write(repo, 'out/new', '2');
    assert.deepEqual(statuses(await changesSince(baseline, repo)), ['M in/a', 'A out/new']);
  });

  it('name a submodule, and report what a patch cannot contain', async () => {
    const inner = repositoryWith({ a: '1' }, 'inner');
    const repo = repositoryWith({ b: '1' }, 'outer');
    run(repo, '-c', 'protocol.file.allow=always', 'submodule', '--quiet', 'add', inner, 'sub');
    commitAll(repo, 'with a submodule');
    const baseline = await baselineOf(repo);
    write(repo, 'sub/a', '2');
    const changes = await changesSince(baseline, repo);
    assert.deepEqual(changes.changed_files, []);
    assert.match(changes.warnings.join(), /inside the submodule sub/);
    assert.equal(changes.dirty, true);
  });

  it('name what could not be read and keep the rest', async () => {
    const repo = repositoryWith({ a: '1' });
    const baseline = await baselineOf(repo);
    mkdirSync(join(repo, 'nested'));
    run(join(repo, 'nested'), 'init', '--quiet');
    write(repo, 'nested/x', '1');
    write(repo, 'a', '2');
    const changes = await changesSince(baseline, repo);
    assert.deepEqual(statuses(changes), ['M a']);
    assert.match(changes.warnings.join(), /nested/);
  });

  it('are reported in the middle of a merge conflict', async () => {
    const repo = repositoryWith({ a: 'base\n' });
    run(repo, 'checkout', '--quiet', '-b', 'other');
    write(repo, 'a', 'other\n');
    commitAll(repo, 'other');
    run(repo, 'checkout', '--quiet', 'main');
    const baseline = await baselineOf(repo);
    write(repo, 'a', 'mine\n');
    commitAll(repo, 'mine');
    assert.throws(() => run(repo, 'merge', 'other'));
    const changes = await changesSince(baseline, repo);
    assert.deepEqual(statuses(changes), ['M a']);
    assert.match(patchOf(changes).toString(), /<<<<<<< HEAD/);
  });

  it("do not depend on the user's diff settings", async () => {
    const repo = repositoryWith({ 'a.txt': 'one\n', '.gitattributes': '*.txt diff=loud\n' });
    for (const [key, value] of [
      ['diff.noprefix', 'true'],
      ['diff.mnemonicPrefix', 'true'],
      ['color.ui', 'always'],
      ['diff.external', 'false'],
      ['diff.loud.textconv', 'rev'],
      ['diff.renames', 'false'],
      ['core.safecrlf', 'true'],
      ['core.splitIndex', 'true'],
      ['core.untrackedCache', 'true'],
      ['status.showUntrackedFiles', 'no'],
    ] as const) {
      run(repo, 'config', key, value);
    }
    run(repo, 'update-index', '--split-index');
    write(repo, 'u', 'one\r\ntwo\n');
    const before = folder('before');
    cpSync(repo, before, { recursive: true });
    const baseline = await baselineOf(repo);
    write(repo, 'a.txt', 'two\n');
    write(repo, 'u', 'two\r\n');
    const changes = await changesSince(baseline, repo);
    assert.deepEqual(statuses(changes), ['M a.txt', 'M u']);
    assert.equal(readFileSync(join(applied(before, patchOf(changes)), 'a.txt'), 'utf8'), 'two\n');
  });

  it('are an error when the repository is gone', async () => {
    const repo = repositoryWith({ a: '1' });
    const baseline = await baselineOf(repo);
    rmSync(join(repo, '.git'), { recursive: true });
    await assert.rejects(changesSince(baseline, repo), { code: 'NOT_A_REPOSITORY' });
  });
});

describe('a baseline', () => {
  it('of a clean repository is the tree of its head and keeps only an index', async () => {
    const repo = repositoryWith({ a: '1' });
    const kept = join(folder(), 'kept');
    const baseline = await baselineOf(repo, kept);
    assert.ok(baseline.is_repo);
    assert.equal(baseline.head, run(repo, 'rev-parse', 'HEAD'));
    assert.equal(baseline.tree, run(repo, 'rev-parse', 'HEAD^{tree}'));
    assert.deepEqual(readdirSync(kept), ['index']);
  });

  it('of a dirty one keeps its objects out of the repository and survives serialization', async () => {
    const repo = repositoryWith({ a: '1' });
    write(repo, 'secret', 'never committed');
    const baseline = JSON.parse(JSON.stringify(await baselineOf(repo)));
    const id = run(repo, 'hash-object', 'secret');
    assert.throws(() => run(repo, 'cat-file', '-e', id));
    rmSync(join(repo, 'secret'));
    const changes = await changesSince(baseline, repo);
    assert.deepEqual(statuses(changes), ['D secret']);
    assert.match(patchOf(changes).toString(), /^-never committed$/m);
  });
});

describe('a folder without a repository', () => {
  it('is compared without reading its files', async () => {
    const root = folder('plain');
    for (const name of ['same', 'changed', 'gone', 'touched back', 'deep/er/x']) write(root, name, 'one');
    const past = new Date('2020-01-01');
    utimesSync(join(root, 'touched back'), past, past);
    const baseline = JSON.parse(JSON.stringify(await baselineOf(root)));
    write(root, 'changed', 'longer');
    write(root, 'touched back', 'two');
    utimesSync(join(root, 'touched back'), past, past);
    write(root, 'new', '1');
    write(root, 'node_modules/x', '1');
    rmSync(join(root, 'gone'));
    const changes = await changesSince(baseline, root);
    assert.deepEqual(statuses(changes), ['M changed', 'D gone', 'A new', 'M touched back']);
    assert.equal(changes.files[2]?.sha256, sha256('1'));
    assert.deepEqual([changes.is_repo, changes.patch.kind], [false, 'none']);
    assert.match(changes.warnings.join(), /no patch/);
  });

  it('reports when it has more files than are compared', async () => {
    const baseline: Baseline = { is_repo: false, root: '/x', manifest: { files: {}, complete: false } };
    const root = folder('plain');
    write(root, 'a', '1');
    const changes = await changesSince(baseline, root);
    assert.deepEqual(changes.files, []);
    assert.match(changes.warnings.join(), /more files/);
  });
});
