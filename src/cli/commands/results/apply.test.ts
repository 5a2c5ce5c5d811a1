import assert from 'node:assert/strict';
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { before, describe, it } from 'node:test';
import { Home } from '../../../workers/testing/home.ts';

const SECRET = `ghp_${'a1B2c3D4e5'.repeat(4)}`.slice(0, 40);

describe('diff and apply', () => {
  const home = new Home({
    config: { policy: { allow_shared_repo_edits: true, require_worktree_for_edits: false } },
  });
  const read = (name: string) => readFileSync(join(home.repo, name), 'utf8');
  let id = '';
  let tree = '';
  before(async () => {
    id = await home.spawn('fake-patch', '--isolation', 'worktree', '--role', 'implementer');
    await home.reaches(id, 'COMPLETED', 'IDLE');
    tree = home.session(id).worktree_path ?? '';
    writeFileSync(join(tree, 'key.txt'), `token ${SECRET}\n`);
  });

  it('shows the patch of this moment, redacted, and records nothing', async () => {
    const events = home.events().length;
    const { stdout } = await home.run(['diff', id]);
    assert.match(stdout, /^diff --git a\/a\.txt b\/a\.txt$/m);
    assert.match(stdout, /^\+token /m);
    assert.ok(!stdout.includes(SECRET));
    const diff = await home.json(['diff', id, '--stat']);
    assert.deepEqual([diff.from, diff.redacted, diff.patch], ['now', true, null]);
    assert.deepEqual(
      diff.files.map(({ path, status }: { path: string; status: string }) => `${status} ${path}`),
      ['M a.txt', 'A agentpool-fake-patch.txt', 'A key.txt'],
    );
    const { stdout: plain } = await home.run(['diff', id, '--plain']);
    assert.match(plain, /^A\t1\t0\tkey\.txt$/m);
    assert.equal(home.events().length, events);
  });

  it('takes the exact changes into the work tree of the caller, from any folder of it', async () => {
    mkdirSync(join(home.repo, 'below'));
    const cwd = join(home.repo, 'below');
    const before = read('a.txt');
    const tried = await home.json(['apply', id, '--check'], { cwd });
    assert.equal(tried.applied, false);
    assert.equal(read('a.txt'), before);
    const applied = await home.json(['apply', id], { cwd });
    assert.equal(applied.applied, true);
    assert.equal(read('key.txt'), `token ${SECRET}\n`);
    assert.notEqual(read('a.txt'), before);
    assert.equal(home.git('diff', '--cached'), '');
    const again = await home.json(['apply', id]);
    assert.equal(again.error.code, 'PATCH_CONFLICT');
    assert.match(again.error.message, /is in .* already/);
    home.git('checkout', '--quiet', '.');
    home.git('clean', '--quiet', '-fd');
  });

  it('refuses a work tree that the worker did not mean, and a patch that was changed', async () => {
    const other = join(home.ground, 'other');
    mkdirSync(other);
    home.git('init', '--quiet', other);
    assert.equal(await home.refused(['apply', id], { cwd: other }), 'PATCH_OTHER_REPOSITORY');
    assert.equal(await home.refused(['apply', id, '--repo', other]), 'PATCH_CONFLICT');
    assert.equal(await home.refused(['apply', id], { cwd: home.ground }), 'NOT_A_REPOSITORY');
    assert.equal(await home.refused(['apply', id], { cwd: tree }), 'PATCH_IN_PLACE');

    await home.run(['collect', id]);
    await home.run(['terminate', id]);
    rmSync(tree, { recursive: true });
    const kept = await home.json(['apply', id, '--check']);
    assert.deepEqual([kept.from, kept.files.length], ['collected', 3]);
    const patch = join(home.session(id).artifact_dir, 'diff.patch');
    writeFileSync(patch, `${readFileSync(patch, 'utf8')}\n`);
    assert.equal(await home.refused(['apply', id]), 'PATCH_MISSING');
    assert.equal(existsSync(join(home.repo, 'key.txt')), false);
  });
});
