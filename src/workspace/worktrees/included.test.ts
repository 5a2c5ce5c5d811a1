import assert from 'node:assert/strict';
import { chmodSync, existsSync, lstatSync, readFileSync, statSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { findRepository } from '../git/repository.ts';
import { folder, repositoryWith, run, write } from '../testing/repository.ts';
import { created } from '../testing/worktree.ts';
import { copyIncluded, hasIncludes } from './included.ts';
import { beginPreparing, endPreparing } from './prepared.ts';
import { inspectCleanup, undoWorktree } from './removal.ts';

describe('.worktreeinclude', () => {
  const repo = repositoryWith({
    '.gitignore': '.env*\nconfig/local/\n*.key\nlinks/\n',
    '.worktreeinclude':
      '# what a worker needs\n.env*\n!.env.old\nconfig/local/\n*.key\n/notes.txt\n/links/\n',
    'a.txt': 'a\n',
  });
  write(repo, '.env', 'A=1\n');
  chmodSync(join(repo, '.env'), 0o600);
  write(repo, '.env.old', 'old\n');
  write(repo, 'sub/.env.test', 'B=1\n');
  write(repo, 'config/local/x y.json', '{}\n');
  write(repo, 'other.log', 'not named\n');
  write(repo, 'notes.txt', 'named, but not ignored\n');
  write(repo, 'links/in', '');
  symlinkSync('../a.txt', join(repo, 'links/to-a'));
  symlinkSync(folder('outside'), join(repo, 'links/out'));
  const prepared = async () => {
    const plan = await created(repo);
    const place = await findRepository(plan.path);
    assert.ok(place);
    await beginPreparing(place.git_dir);
    return { plan, place, path: plan.path, warnings: await copyIncluded(repo, place) };
  };

  it('copies what it names of the ignored files, and nothing else', async () => {
    assert.equal(hasIncludes(repo), true);
    const { path, warnings, place, plan } = await prepared();
    assert.equal(readFileSync(join(path, '.env'), 'utf8'), 'A=1\n');
    assert.equal(statSync(join(path, '.env')).mode & 0o777, 0o600);
    assert.equal(existsSync(join(path, 'sub/.env.test')), true);
    assert.equal(existsSync(join(path, 'config/local/x y.json')), true);
    assert.equal(lstatSync(join(path, 'links/to-a')).isSymbolicLink(), true);
    for (const name of ['.env.old', 'other.log', 'notes.txt', 'links/out'])
      assert.equal(existsSync(join(path, name)), false, name);
    assert.deepEqual(warnings, [
      '.worktreeinclude: not copied: links/out: a link that leads out of the repository',
    ]);
    assert.equal(run(path, 'status', '--porcelain'), '');

    await endPreparing(place);
    const facts = () => inspectCleanup({ repo, path, branch: plan.branch });
    assert.deepEqual((await facts()).ignored, []);
    write(path, '.env', 'A=2\n');
    write(path, 'config/local/new.json', '{}\n');
    assert.deepEqual((await facts()).ignored, ['.env', 'config/', 'config/local/']);
  });

  it('leaves nothing behind of a worktree whose creator was killed', async () => {
    const { plan, path } = await prepared();
    write(path, 'a.txt', 'changed by a command that prepares it\n');
    assert.equal((await undoWorktree(plan)).removed, true);
    assert.equal(existsSync(path), false);
  });
});
