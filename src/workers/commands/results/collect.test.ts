import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { chmodSync, cpSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { Home } from '../../testing/home.ts';

interface Artifact {
  kind: string;
  path: string;
  sha256: string;
  bytes: number;
}

const git = (folder: string, ...args: string[]) =>
  execFileSync('git', ['-C', folder, '-c', 'user.name=T', '-c', 'user.email=t@example.invalid', ...args], {
    encoding: 'utf8',
  });
const write = (folder: string, files: Record<string, string | Buffer>) => {
  for (const [name, content] of Object.entries(files)) writeFileSync(join(folder, name), content);
};
/** Everything in a folder but git's own, as git would record it. */
const treeOf = (folder: string): string => {
  git(folder, 'add', '--all');
  return git(folder, 'write-tree').trim();
};
const status = (folder: string) => git(folder, 'status', '--porcelain');

describe('collecting', () => {
  const home = new Home({
    config: {
      policy: { max_parallel_sessions: 50, allow_shared_repo_edits: true, require_worktree_for_edits: false },
    },
  });
  const worktreeOf = (id: string) => home.session(id).worktree_path ?? '';
  const idle = async (...options: string[]) => {
    const id = await home.spawn('fake-idle', ...options);
    await home.reaches(id, 'IDLE');
    return id;
  };

  it('gives a patch of everything that changed, which recreates the work on the same baseline', async () => {
    const many = Array.from({ length: 40 }, (_, line) => `line ${line}\n`).join('');
    write(home.repo, {
      'moved.txt': many,
      'gone.txt': 'gone\n',
      'run.sh': 'true\n',
      'b.bin': Buffer.from([0, 1, 2, 255]),
    });
    git(home.repo, 'add', '.');
    git(home.repo, 'commit', '--quiet', '--message', 'more');
    const id = await idle('--isolation', 'worktree', '--role', 'implementer');
    const tree = worktreeOf(id);
    write(tree, { 'committed.txt': 'committed\n' });
    git(tree, 'add', '.');
    git(tree, 'commit', '--quiet', '--message', 'work');
    write(tree, { 'staged.txt': 'staged\n' });
    git(tree, 'mv', 'moved.txt', 'renamed.txt');
    git(tree, 'add', '.');
    write(tree, {
      'a.txt': 'hello\nunstaged\n',
      'un tracked é.txt': 'untracked\n',
      'b.bin': Buffer.from([9, 0, 254]),
    });
    rmSync(join(tree, 'gone.txt'));
    chmodSync(join(tree, 'run.sh'), 0o755);
    const before = status(tree);

    const collected = await home.json(['collect', id]);
    assert.equal(status(tree), before);
    assert.deepEqual(collected.git.changed_files, [
      'a.txt',
      'b.bin',
      'committed.txt',
      'gone.txt',
      'moved.txt',
      'renamed.txt',
      'run.sh',
      'staged.txt',
      'un tracked é.txt',
    ]);
    assert.equal(collected.violation, null);

    const again = join(home.ground, 'again');
    git(home.ground, 'clone', '--quiet', home.repo, again);
    const patch = collected.artifacts.find(({ kind }: Artifact) => kind === 'diff').path;
    git(again, 'apply', '--binary', patch);
    const copy = join(home.ground, 'copy');
    cpSync(tree, copy, { recursive: true, filter: (path) => !path.endsWith('/.git') });
    git(copy, 'init', '--quiet');
    assert.equal(treeOf(again), treeOf(copy));
  });

  it('lists each file with its sha256, and again when worker and worktree are gone', async () => {
    const id = await home.spawn('fake-patch', '--isolation', 'worktree');
    await home.reaches(id, 'COMPLETED');
    const first = await home.json(['collect', id]);
    assert.equal(first.result, 'present');
    const check = (artifacts: Artifact[]) => {
      for (const { path, sha256, bytes } of artifacts) {
        const content = readFileSync(path);
        assert.deepEqual(
          [content.length, createHash('sha256').update(content).digest('hex')],
          [bytes, sha256],
          path,
        );
      }
      return artifacts.map(({ kind }) => kind).sort();
    };
    const kinds = check(first.artifacts);
    for (const kind of ['diff', 'git_status', 'result', 'summary', 'transcript', 'events'])
      assert.ok(kinds.includes(kind), kinds.join());
    const second = await home.json(['collect', id]);
    check(second.artifacts);
    assert.deepEqual(second.git.changed_files, first.git.changed_files);

    await home.run(['terminate', id]);
    const cleaned = await home.json(['worktrees', 'cleanup', '--session-id', id, '--force']);
    assert.equal(cleaned.error, undefined, JSON.stringify(cleaned));
    assert.ok(!existsSync(worktreeOf(id)));
    const third = await home.json(['collect', id]);
    assert.equal(third.result, 'present');
    check(third.artifacts);
    const diff = third.artifacts.find(({ kind }: Artifact) => kind === 'diff').path;
    assert.match(readFileSync(diff, 'utf8'), /Written by fake-patch/);
    assert.equal((await home.json(['artifacts', id])).error, undefined);
  });

  it('reports changes that a worker was not allowed to make', async () => {
    const reader = await home.spawn('fake-patch', '--isolation', 'read_only');
    await home.reaches(reader, 'COMPLETED');
    const { violation, git: found } = await home.json(['collect', reader]);
    assert.match(violation, /^2 files changed since the spawn, although/);
    assert.deepEqual(found.changed_files, ['a.txt', 'agentpool-fake-patch.txt']);
    git(home.repo, 'checkout', '--quiet', '.');
    rmSync(join(home.repo, 'agentpool-fake-patch.txt'));

    const allowed = ['--allowed-file', './a.txt', '--allowed-file', 'docs'];
    const id = await idle('--isolation', 'worktree', ...allowed);
    mkdirSync(join(worktreeOf(id), 'docs'));
    write(worktreeOf(id), { 'a.txt': 'changed\n', 'docs/new.md': 'new\n' });
    assert.equal((await home.json(['collect', id])).violation, null);
    write(worktreeOf(id), { 'other.txt': 'other\n' });
    assert.match((await home.json(['collect', id])).violation, /changed, but not allowed: other.txt$/);
  });

  it('shows no secret in the name of a file', async () => {
    const token = `gh${'p_'}${'a1B2'.repeat(9)}`;
    const id = await idle('--isolation', 'worktree', '--allowed-file', 'docs');
    write(worktreeOf(id), { [`${token}.txt`]: 'new\n' });
    const collected = await home.json(['collect', id]);
    assert.deepEqual(collected.git.changed_files, ['[redacted:github-token].txt']);
    assert.ok(
      !JSON.stringify([collected, home.eventsOf('worker.collected', id)]).includes(token.slice(0, 12)),
    );
    // `git apply` reads the patch, and nothing prints it.
    for (const { kind, path } of collected.artifacts)
      assert.equal(readFileSync(path, 'utf8').includes(token), kind === 'diff', path);
  });

  it('counts only changes after the spawn, and does not touch the index', async () => {
    write(home.repo, {
      'a.txt': 'dirty before\n',
      'mine.txt': 'untracked before\n',
      'staged-by-me.txt': 'x\n',
    });
    git(home.repo, 'add', 'staged-by-me.txt');
    const before = status(home.repo);
    const id = await idle('--isolation', 'shared');
    assert.deepEqual((await home.json(['collect', id])).git.changed_files, []);
    write(home.repo, { 'mine.txt': 'changed by it\n' });
    const { git: found } = await home.json(['collect', id]);
    assert.deepEqual(found.changed_files, ['mine.txt']);
    assert.equal(status(home.repo), before);
  });

  it('works in a repository without a commit, and outside a repository', async () => {
    for (const isRepo of [true, false]) {
      const folder = join(home.ground, `plain-${isRepo}`);
      mkdirSync(folder);
      if (isRepo) git(folder, 'init', '--quiet');
      write(folder, { 'there.txt': 'there\n' });
      const id = await idle('--isolation', 'read_only', '--repo', folder);
      write(folder, { 'there.txt': 'changed\n', 'new.txt': 'new\n' });
      const collected = await home.json(['collect', id]);
      assert.equal(collected.git.is_repo, isRepo);
      assert.deepEqual(collected.git.changed_files, ['new.txt', 'there.txt']);
      assert.match(collected.violation, /2 files/);
    }
  });
});
