import assert from 'node:assert/strict';
import { existsSync, mkdirSync, symlinkSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, it } from 'node:test';
import { AgentPoolError } from '../lib/errors.ts';
import { leasedPath } from './leased-path.ts';
import { folder, repositoryWith, run, write } from './testing/repository.ts';

const repository = () => repositoryWith({ 'src/a.ts': 'a', 'src/b.ts': 'b', 'docs/x.md': 'x' });
const pathOf = (repo: string, file: string, cwd?: string) => leasedPath(repo, file, cwd).path;

const refusesOutside = (repo: string, file: string) =>
  assert.throws(
    () => leasedPath(repo, file),
    (error) => error instanceof AgentPoolError && error.code === 'PATH_OUTSIDE_REPOSITORY',
    file,
  );

describe('the path of a lease', () => {
  it('is the same, however the file is written', () => {
    const repo = repository();
    const spellings = [
      'src/a.ts',
      './src/a.ts',
      'src//a.ts',
      'docs/../src/a.ts',
      'src/./a.ts',
      join(repo, 'src/a.ts'),
    ];
    for (const spelling of spellings)
      assert.deepEqual(leasedPath(repo, spelling), { repo, path: 'src/a.ts' }, spelling);
    assert.equal(pathOf(repo, 'a.ts', join(repo, 'src')), 'src/a.ts');
    assert.equal(pathOf(repo, '../docs/x.md', join(repo, 'src')), 'docs/x.md');
  });

  it('is empty for the repository itself', () => {
    const repo = repository();
    for (const spelling of ['.', './', '', 'src/..', repo, `${repo}/`])
      assert.equal(pathOf(repo, spelling), '', spelling);
    assert.equal(pathOf(repo, 'src/'), 'src');
  });

  it('follows symlinks of the file, of a folder above it and of the repository', () => {
    const repo = repository();
    symlinkSync('a.ts', join(repo, 'src/link.ts'));
    symlinkSync('src', join(repo, 'source'));
    const alias = join(dirname(repo), 'alias');
    symlinkSync(repo, alias);
    assert.equal(pathOf(repo, 'src/link.ts'), 'src/a.ts');
    assert.equal(pathOf(repo, 'source/link.ts'), 'src/a.ts');
    assert.equal(pathOf(repo, 'source/../docs/x.md'), 'docs/x.md');
    assert.deepEqual(leasedPath(alias, 'src/a.ts'), { repo, path: 'src/a.ts' });
    assert.deepEqual(leasedPath(repo, join(alias, 'src/a.ts')), { repo, path: 'src/a.ts' });
  });

  it('resolves `..` from where a symlink leads, as the system does', () => {
    const repo = repository();
    mkdirSync(join(repo, 'deep/er'), { recursive: true });
    symlinkSync('deep/er', join(repo, 'link'));
    assert.equal(pathOf(repo, 'link/../new.ts'), 'deep/new.ts');
  });

  it('is known before the file exists', () => {
    const repo = repository();
    symlinkSync('src', join(repo, 'source'));
    symlinkSync('src/later.ts', join(repo, 'promised'));
    assert.equal(pathOf(repo, 'source/new/deep/c.ts'), 'src/new/deep/c.ts');
    assert.equal(pathOf(repo, 'new/../src/c.ts'), 'src/c.ts');
    assert.equal(pathOf(repo, 'promised'), 'src/later.ts');
    assert.equal(pathOf(repo, 'src/a.ts/below-a-file'), 'src/a.ts/below-a-file');
  });

  it('is the link itself where a symlink leads to itself', () => {
    const repo = repository();
    symlinkSync('loop', join(repo, 'loop'));
    assert.equal(pathOf(repo, 'loop'), 'loop');
  });

  it('has the case of the file system when that ignores case', (test) => {
    const repo = repository();
    if (!existsSync(join(repo, 'SRC/A.TS'))) return test.skip('this file system is case-sensitive');
    assert.equal(pathOf(repo, 'SRC/A.ts'), 'src/a.ts');
  });

  it('is the same in a linked work tree, wherever that is', () => {
    const repo = repository();
    const beside = join(dirname(repo), '.agentpool-worktrees', 'one');
    const within = join(repo, '.trees', 'two');
    run(repo, 'worktree', 'add', '--quiet', '--detach', beside);
    run(repo, 'worktree', 'add', '--quiet', '--detach', within);
    const expected = { repo, path: 'src/a.ts' };
    for (const tree of [beside, within]) {
      assert.deepEqual(leasedPath(tree, 'src/a.ts'), expected);
      assert.deepEqual(leasedPath(repo, join(tree, 'src/a.ts')), expected);
      assert.deepEqual(leasedPath(tree, join(repo, 'src/a.ts')), expected);
      assert.deepEqual(leasedPath(repo, 'src/a.ts', tree), expected);
      assert.deepEqual(leasedPath(tree, '.'), { repo, path: '' });
    }
  });

  it('is relative to the root of the repository, also when given from a folder in it', () => {
    const repo = repository();
    assert.deepEqual(leasedPath(join(repo, 'src'), 'a.ts'), { repo, path: 'src/a.ts' });
  });

  it('includes a repository within the repository', () => {
    const repo = repository();
    mkdirSync(join(repo, 'vendor/lib'), { recursive: true });
    run(join(repo, 'vendor/lib'), 'init', '--quiet');
    assert.deepEqual(leasedPath(repo, 'vendor/lib/x.c'), { repo, path: 'vendor/lib/x.c' });
  });

  it('needs no git', () => {
    const plain = folder('plain');
    write(plain, 'notes/a.txt', 'a');
    assert.deepEqual(leasedPath(plain, 'notes/../notes/a.txt'), { repo: plain, path: 'notes/a.txt' });
    refusesOutside(plain, '../a.txt');
  });

  it('is refused outside of the repository, also through a symlink', () => {
    const repo = repository();
    symlinkSync(dirname(repo), join(repo, 'out'));
    for (const spelling of ['..', '../x', '/', '/etc/hosts', 'out/x', 'src/../../x', `${repo}x`]) {
      refusesOutside(repo, spelling);
    }
    assert.equal(pathOf(repo, '..src/a'), '..src/a');
  });
});
