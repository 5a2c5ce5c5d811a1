import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { temporaryFolder } from '../../lib/testing/processes.ts';
import { normalisedUrl, repositoryFrom, repositoryId, repositoryText } from './identity.ts';

const GIT = ['-c', 'user.name=a', '-c', 'user.email=a@example.org', '-c', 'protocol.file.allow=always'];
const git = (cwd: string, ...args: string[]) =>
  execFileSync('git', [...GIT, ...args], { cwd, encoding: 'utf8', stdio: 'pipe' }).trim();

/** A repository with two commits, the second on another branch with a beginning of its own. */
function repository(): { folder: string; root: string } {
  const folder = temporaryFolder();
  git(folder, 'init', '-q', '-b', 'main');
  git(folder, 'commit', '-q', '--allow-empty', '-m', 'first');
  const root = git(folder, 'rev-parse', 'HEAD');
  git(folder, 'commit', '-q', '--allow-empty', '-m', 'second');
  return { folder, root };
}

describe('the address of a repository', () => {
  it('is the same however it is written', () => {
    for (const url of [
      'https://example.org/team/project.git',
      'https://user:secret@EXAMPLE.org/team/project/',
      'ssh://git@example.org:22/team/project.git',
      'git@example.org:team/project.git',
      'example.org:/team/project',
      'git://example.org/team/project',
    ])
      assert.equal(normalisedUrl(url), 'example.org/team/project', url);
  });

  it('keeps an unusual port and the case of the path', () => {
    assert.equal(normalisedUrl('ssh://git@example.org:2222/Team/Project'), 'example.org:2222/Team/Project');
    assert.equal(normalisedUrl('https://[::1]:8443/a.git'), '[::1]:8443/a');
  });

  it('is none for a path of this machine', () => {
    for (const url of ['/srv/git/project.git', '../project', 'file:///srv/project', 'C:\\project', ''])
      assert.equal(normalisedUrl(url), '', url);
  });
});

describe('what a clone is of', () => {
  it('is its remote and its first commit, wherever it is and on whatever branch', async () => {
    const { folder, root } = repository();
    assert.deepEqual(await repositoryId(folder), { url: '', root });
    const clone = join(temporaryFolder(), 'clone');
    git(folder, 'clone', '-q', folder, clone);
    git(clone, 'checkout', '-q', '--orphan', 'pages');
    git(clone, 'commit', '-q', '--allow-empty', '-m', 'anew');
    assert.deepEqual(await repositoryId(clone), { url: '', root });
    git(clone, 'remote', 'add', 'a', 'https://example.org/other');
    git(clone, 'remote', 'set-url', 'origin', 'git@example.org:team/project.git');
    assert.deepEqual(await repositoryId(clone), { url: 'example.org/team/project', root });
  });

  it('is its remote alone in a shallow clone, and unknown where that says nothing', async () => {
    const { folder } = repository();
    const clone = join(temporaryFolder(), 'clone');
    git(folder, 'clone', '-q', '--depth', '1', `file://${folder}`, clone);
    assert.equal(await repositoryId(clone), null);
    git(clone, 'remote', 'set-url', 'origin', 'https://example.org/team/project');
    assert.deepEqual(await repositoryId(clone), { url: 'example.org/team/project', root: '' });
  });

  it('is unknown without git and without a commit', async () => {
    const folder = temporaryFolder();
    assert.equal(await repositoryId(folder), null);
    git(folder, 'init', '-q');
    assert.equal(await repositoryId(folder), null);
  });

  it('is written in one line', () => {
    for (const id of [
      { url: 'example.org/a', root: 'abc' },
      { url: '', root: 'abc' },
      { url: 'example.org/a', root: '' },
    ])
      assert.deepEqual(repositoryFrom(repositoryText(id)), id);
  });
});
