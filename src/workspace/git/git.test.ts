import assert from 'node:assert/strict';
import { symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { AgentPoolError } from '../../lib/errors.ts';
import { emptyRepository, folder, repositoryWith, run } from '../testing/repository.ts';
import { git, gitText, hidePasswords } from './call.ts';
import { findRepository, headCommit, repoRoot } from './repository.ts';

describe('git', () => {
  it('returns binary output unchanged and reads stdin', async () => {
    const repo = emptyRepository();
    const bytes = Buffer.from([0, 255, 10, 128, 13, 10]);
    const { stdout: id } = await git(repo, ['hash-object', '-w', '--stdin'], { input: bytes });
    const { stdout } = await git(repo, ['cat-file', 'blob', id.toString().trim()]);
    assert.deepEqual(stdout, bytes);
  });

  it("fails with git's message", async () => {
    const repo = emptyRepository();
    await assert.rejects(git(repo, ['checkout', 'nowhere']), (error) => {
      assert.ok(error instanceof AgentPoolError);
      assert.equal(error.code, 'GIT_FAILED');
      assert.match(String(error.details.stderr), /pathspec 'nowhere' did not match/);
      assert.equal(error.details.exit_code, 1);
      return true;
    });
  });

  it('accepts an exit code that is an answer', async () => {
    const repo = emptyRepository();
    assert.equal((await git(repo, ['config', 'no.such'], { accept: [0, 1] })).code, 1);
  });

  it('reports that the folder is missing, not that git is', async () => {
    await assert.rejects(git(join(folder(), 'gone'), ['status']), {
      code: 'GIT_MISSING',
      message: /no folder/,
    });
  });

  it('stops at the size limit of its caller', async () => {
    const repo = repositoryWith({ 'big.txt': 'x'.repeat(100_000) });
    await assert.rejects(git(repo, ['show', 'HEAD:big.txt'], { maxBytes: 1000 }), { code: 'GIT_TOO_MUCH' });
  });

  it('never shows the password of an address', async () => {
    const repo = emptyRepository();
    const address = 'https://me:hunter2@127.0.0.1:1/x.git';
    await assert.rejects(git(repo, ['ls-remote', address]), (error) => {
      assert.ok(error instanceof AgentPoolError);
      assert.doesNotMatch(JSON.stringify(error) + error.message, /hunter2/);
      assert.match(error.message, /https:\/\/\*\*\*@127\.0\.0\.1/);
      return true;
    });
    assert.equal(hidePasswords("'https://ghp_abc@github.com/a' b@c"), "'https://***@github.com/a' b@c");
    assert.equal(hidePasswords('ssh://git:p@ss@host/a@b'), 'ssh://***@host/a@b');
  });

  it('works on the given folder when it is started from a git hook of another repository', async () => {
    const [asked, other] = [repositoryWith({ a: '1' }, 'asked'), repositoryWith({ b: '1' }, 'other')];
    process.env.GIT_DIR = join(other, '.git');
    process.env.GIT_INDEX_FILE = join(other, '.git', 'index');
    try {
      assert.equal(await repoRoot(asked), asked);
      assert.equal(await gitText(asked, ['ls-files']), 'a');
    } finally {
      delete process.env.GIT_DIR;
      delete process.env.GIT_INDEX_FILE;
    }
  });
});

describe('a repository', () => {
  it('is found from a subfolder and through a symbolic link', async () => {
    const repo = repositoryWith({ 'a/b/c.txt': '1' }, 'spaced ünicode');
    const link = join(folder(), 'link');
    symlinkSync(repo, link);
    assert.equal(await repoRoot(join(repo, 'a', 'b')), repo);
    assert.equal(await repoRoot(link), repo);
  });

  it('is null outside of one', async () => {
    assert.equal(await repoRoot(folder()), null);
  });

  it('has no head before its first commit', async () => {
    assert.equal(await headCommit(emptyRepository()), null);
    const repo = repositoryWith({ a: '1' });
    assert.equal(await headCommit(repo), run(repo, 'rev-parse', 'HEAD'));
  });

  it('has the same main working tree for a linked one', async () => {
    const repo = repositoryWith({ a: '1' });
    const linked = join(folder(), 'linked');
    run(repo, 'worktree', 'add', '--quiet', linked);
    const found = await findRepository(linked);
    assert.equal(found?.root, linked);
    assert.equal(found?.main, repo);
    assert.equal(found?.common_dir, join(repo, '.git'));
  });

  it('has the working tree of a submodule, whose git folder is elsewhere', async () => {
    const inner = repositoryWith({ a: '1' }, 'inner');
    const outer = repositoryWith({ b: '1' }, 'outer');
    run(outer, '-c', 'protocol.file.allow=always', 'submodule', '--quiet', 'add', inner, 'sub');
    const linked = join(folder(), 'linked');
    run(join(outer, 'sub'), 'worktree', 'add', '--quiet', linked);
    assert.equal((await findRepository(linked))?.main, join(outer, 'sub'));
  });
});
