import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { until } from '../../../lib/testing/until.ts';
import { saidBy } from '../../testing/home.ts';
import { commit, Ground } from './testing/ground.ts';

describe('gc', () => {
  const home = new Ground();

  it('asks for an age where config.yaml has none, and removes nothing', async () => {
    const { code, stderr } = await home.run(['gc']);
    assert.equal(code, 2);
    assert.match(stderr, /agentpool gc --older-than 30d --dry-run/);
    assert.equal(await home.refused(['gc', '--older-than', 'soon']), 'INVALID_REQUEST');
  });

  it('removes what a worker has left whose work was collected, as the dry run says; every command says so', async () => {
    const { id, tree, branch } = await home.worker();
    assert.deepEqual(await home.gcOf(id), { removed: [], kept: [] });
    await home.over(id);
    const planned = await home.gc('--dry-run');
    assert.deepEqual(planned.removed.map(({ what }) => what).sort(), ['artifacts', 'recording', 'worktree']);
    assert.ok(existsSync(tree) && existsSync(home.artifactsOf(id)));
    const done = await home.gc();
    assert.deepEqual(done, { ...planned, dry_run: false });
    assert.ok(done.bytes > 0);
    assert.ok(!existsSync(tree) && !existsSync(home.artifactsOf(id)));
    assert.equal(home.git('branch', '--list', branch), '');
    assert.deepEqual(
      home
        .events(id)
        .slice(-3)
        .map(({ type, data }) => [type, 'files' in data ? data.files : 'by' in data && data.by]),
      [
        ['worker.files_removed', 'recording'],
        ['worktree.removed', 'gc'],
        ['worker.files_removed', 'artifacts'],
      ],
    );
    assert.deepEqual((await home.gc()).removed, []);
    const removed = /removed by gc on \d{4}-\d{2}-\d{2}/;
    for (const words of [
      ['collect', id],
      ['diff', id],
      ['apply', id],
      ['replay', id, '--cast', '-'],
      ['artifacts', id],
      ['logs', id],
      ['transcript', id],
      ['resume', id],
    ]) {
      const { stderr } = await home.run(words);
      assert.match(stderr, removed, words.join(' '));
      assert.doesNotMatch(stderr, /ENOENT/);
    }
    assert.equal(await home.refused(['collect', id]), 'FILES_REMOVED');
    assert.equal((await home.run(['replay', id])).code, 0);
    assert.equal((await home.run(['replay', id, '--verify'])).code, 0);
  });

  it('asks git three times about a worktree that it keeps for its changes, and once about its repository', async () => {
    const busy = new Ground();
    for (let count = 0; count < 2; count++) {
      const { id, tree } = await busy.worker();
      writeFileSync(join(tree, 'new.txt'), 'work\n');
      await busy.over(id);
    }
    const [bin, calls] = [join(busy.ground, 'bin'), join(busy.ground, 'calls')];
    mkdirSync(bin);
    const counting = `#!/bin/sh\necho >>${calls}\nPATH=\${PATH#*:} exec git "$@"\n`;
    writeFileSync(join(bin, 'git'), counting, { mode: 0o755 });
    busy.env.PATH = `${bin}:${busy.env.PATH}`;
    const { kept } = await busy.gc('--dry-run');
    const codes = kept.map(({ what, code }) => `${what} ${code}`).sort();
    assert.deepEqual(codes, [
      'artifacts worktree_kept',
      'artifacts worktree_kept',
      'worktree worktree_dirty',
      'worktree worktree_dirty',
    ]);
    assert.equal(readFileSync(calls, 'utf8').length, 2 * 3 + 1);
  });

  it('keeps changes that are in no commit, and the artifacts with them', async () => {
    const { id, tree } = await home.worker();
    writeFileSync(join(tree, 'new.txt'), 'work\n');
    await home.over(id);
    const kept = ['worktree worktree_dirty', 'artifacts worktree_kept'];
    assert.deepEqual(await home.gcOf(id), { removed: ['recording'], kept });
    assert.equal(readFileSync(join(tree, 'new.txt'), 'utf8'), 'work\n');
    // What a forced cleanup discards is only in the patch from then on.
    await home.json(['worktrees', 'cleanup', id, '--force']);
    assert.deepEqual(await home.gcOf(id), { removed: [], kept: ['artifacts patch_not_applied'] });
    writeFileSync(join(home.repo, 'new.txt'), 'work\n');
    assert.deepEqual((await home.gcOf(id, '--dry-run')).removed, ['artifacts'], 'taken over by hand');
    rmSync(join(home.repo, 'new.txt'));
    await home.json(['apply', id]);
    rmSync(join(home.repo, 'new.txt'));
    assert.deepEqual(await home.gcOf(id), { removed: ['artifacts'], kept: [] });
  });

  it('keeps ignored files and a lock', async () => {
    const { id, tree } = await home.worker();
    mkdirSync(join(home.repo, '.git/info'), { recursive: true });
    writeFileSync(join(home.repo, '.git/info/exclude'), 'secret.env\n');
    writeFileSync(join(tree, 'secret.env'), 'x\n');
    await home.over(id);
    assert.deepEqual((await home.gcOf(id)).kept[0], 'worktree worktree_dirty');
    rmSync(join(tree, 'secret.env'));
    home.git('worktree', 'lock', tree);
    assert.deepEqual((await home.gcOf(id)).kept[0], 'worktree worktree_locked');
    home.git('worktree', 'unlock', tree);
    assert.deepEqual((await home.gcOf(id)).removed, ['worktree', 'artifacts']);
  });

  it('keeps the branch of commits that are nowhere else, from which a resume goes on', async () => {
    const { id, tree, branch } = await home.worker();
    commit(tree);
    await home.over(id);
    const { removed } = await home.gc();
    assert.match(
      removed.find(({ what }) => what === 'worktree')?.note ?? '',
      new RegExp(`branch ${branch} stays`),
    );
    assert.ok(!existsSync(tree) && !existsSync(home.artifactsOf(id)));
    const { resumed } = await home.json(['resume', id, '--task', 'Go on']);
    assert.ok(
      resumed[0]?.warnings.some((each: string) => /removed by gc/.test(each)),
      JSON.stringify(resumed),
    );
    assert.ok(existsSync(join(tree, 'made.txt')));
    const row = home.session(id);
    assert.deepEqual([row.worktree_removed_at, row.artifacts_removed_at, row.alive], [null, null, 1]);
    await home.reaches(id, 'IDLE');
    writeFileSync(join(tree, 'more.txt'), 'more\n');
    assert.deepEqual((await home.json(['collect', id])).git.changed_files, ['more.txt']);
    rmSync(join(tree, 'more.txt'));
    await home.over(id);
    assert.deepEqual((await home.gcOf(id)).removed, ['recording', 'worktree', 'artifacts']);
  });

  it('knows a patch again in a branch that was merged, and goes on from there', async () => {
    const { id, tree, branch } = await home.worker();
    commit(tree, 'merged.txt');
    await home.over(id);
    home.git('merge', '--quiet', branch);
    writeFileSync(join(home.repo, 'merged.txt'), 'changed since\n');
    home.git('commit', '--quiet', '--all', '--message', 'changed since');
    assert.equal((await home.json(['worktrees', 'cleanup', id])).branch_kept, false);
    assert.deepEqual((await home.gcOf(id)).removed, ['recording', 'artifacts']);
  });

  it('keeps what was never collected, or not since it worked again', async () => {
    const { id } = await home.worker('--isolation', 'shared');
    await home.over(id, { collects: false });
    assert.deepEqual((await home.gcOf(id)).kept, ['artifacts not_collected']);
    assert.ok(existsSync(join(home.artifactsOf(id), 'transcript.txt')));
    await home.json(['collect', id]);
    assert.deepEqual((await home.gcOf(id)).removed, ['artifacts']);
  });

  it('touches nothing of a worker that was lost but its recording', async () => {
    const { id, tree } = await home.worker();
    await home.json(['collect', id]);
    home.tmux(id, 'kill-server');
    await home.reaches(id, 'LOST');
    const kept = ['worktree lost', 'artifacts lost'];
    await until('a second', async () => (await home.gcOf(id, '--dry-run')).kept.length > 0);
    assert.deepEqual(await home.gcOf(id), { removed: ['recording'], kept });
    assert.ok(existsSync(tree));
    await home.json(['terminate', id]);
    await until('its end', async () => (await home.gcOf(id)).removed.length > 0);
    assert.ok(!existsSync(tree));
  });

  it('touches nothing while a process of an ended worker runs in its worktree', async () => {
    const { id, tree } = await home.worker();
    await home.over(id);
    const left = execFileSync('sh', ['-c', 'env -i setsid sleep 60 >/dev/null 2>&1 & echo $!'], {
      cwd: tree,
      encoding: 'utf8',
    });
    const pid = Number(left);
    try {
      await until('the process', async () => (await home.gcOf(id)).kept[0]?.endsWith('process_runs'));
      assert.ok(existsSync(tree));
    } finally {
      process.kill(pid);
    }
    await until('its end', async () => (await home.gcOf(id)).removed.includes('worktree'));
  });

  it('follows no link out of an artifact folder, and stops at files that are not its own', async () => {
    const { id } = await home.worker('--isolation', 'shared');
    await home.over(id);
    const outside = join(home.ground, 'outside');
    mkdirSync(outside);
    writeFileSync(join(outside, 'mine.txt'), 'mine\n');
    const folder = home.artifactsOf(id);
    writeFileSync(join(folder, 'notes.md'), 'mine\n');
    rmSync(join(folder, 'recording'), { recursive: true, force: true });
    symlinkSync(outside, join(folder, 'recording'));
    assert.deepEqual(await home.gcOf(id), { removed: ['recording'], kept: ['artifacts unknown_files'] });
    assert.ok(existsSync(join(outside, 'mine.txt')) && existsSync(join(folder, 'notes.md')));
    rmSync(join(folder, 'notes.md'));
    symlinkSync(outside, join(folder, 'baseline-objects-link'));
    assert.deepEqual((await home.gcOf(id)).kept, ['artifacts unknown_files']);
    rmSync(join(folder, 'baseline-objects-link'));
    // A link in the place of the folder.
    renameSync(folder, join(home.ground, 'elsewhere'));
    symlinkSync(join(home.ground, 'elsewhere'), folder);
    assert.deepEqual((await home.gcOf(id)).kept, ['artifacts not_a_folder']);
    rmSync(folder);
    renameSync(join(home.ground, 'elsewhere'), folder);
    assert.deepEqual((await home.gcOf(id)).removed, ['artifacts']);
    assert.ok(existsSync(join(outside, 'mine.txt')));
  });

  it('leaves a worktree alone whose folder is missing, and what another home uses', async () => {
    const { id, tree } = await home.worker();
    await home.over(id);
    renameSync(tree, `${tree}-unplugged`);
    assert.deepEqual((await home.gcOf(id)).kept, ['worktree worktree_missing', 'artifacts worktree_kept']);
    renameSync(`${tree}-unplugged`, tree);
    // The same ledger in a copy of the home, whose original is still there.
    const copy = join(home.ground, 'copy');
    execFileSync('cp', ['-r', home.folder, copy]);
    const { kept } = await home.json(['gc', '--older-than', '1s'], { env: { AGENTPOOL_HOME: copy } });
    assert.deepEqual(
      kept
        .filter((each: { session_id: string }) => each.session_id === id)
        .map(({ code }: { code: string }) => code),
      ['other_home', 'other_home'],
    );
    assert.ok(existsSync(tree) && existsSync(join(copy, 'artifacts', id)));
    assert.deepEqual((await home.gcOf(id)).removed, ['worktree', 'artifacts']);
  });

  it('touches nothing of a chain of handovers before its newest has ended, and then all', async () => {
    const { id, tree } = await home.worker();
    const { successor_id: next } = await home.json(['handoff', id, '--provider', 'fake-idle']);
    await home.reaches(next, 'IDLE');
    await until('a second', async () => (await home.gcOf(id, '--dry-run')).kept.length > 0);
    assert.deepEqual(await home.gcOf(id), {
      removed: [],
      kept: ['recording chain_active', 'artifacts chain_active'],
    });
    await home.over(next, { collects: false });
    assert.deepEqual(await home.gcOf(next, '--dry-run'), {
      removed: ['recording', 'worktree'],
      kept: ['artifacts not_collected'],
    });
    assert.deepEqual((await home.gcOf(id)).kept, ['artifacts successor_kept']);
    assert.ok(!existsSync(tree));
    await home.json(['collect', next]);
    assert.deepEqual(
      (await home.gc()).removed.map(({ session_id }) => session_id),
      [next, id],
    );
  });

  it('finishes what was cut short, and records a worktree that is gone without a record', async () => {
    const { id, tree } = await home.worker();
    await home.over(id);
    home.git('worktree', 'remove', tree);
    const aside = `${home.artifactsOf(id)}.removing`;
    mkdirSync(aside);
    writeFileSync(join(aside, 'transcript.txt'), 'left\n');
    const removed = ['unfinished', 'recording', 'worktree', 'artifacts'];
    assert.deepEqual(await home.gcOf(id, '--dry-run'), { removed, kept: [] });
    assert.deepEqual(await home.gcOf(id), { removed, kept: [] });
    assert.ok(!existsSync(aside));
    assert.notEqual(home.session(id).worktree_removed_at, null);
    assert.deepEqual(await home.gcOf(id), { removed: [], kept: [] });
  });

  it('can run several times at once', async () => {
    const { id, tree } = await home.worker();
    commit(tree);
    await home.over(id);
    const runs = await Promise.all(
      [1, 2, 3].map(() => saidBy(home.start(['gc', '--older-than', '1s', '--json']))),
    );
    for (const { code, stderr } of runs) assert.equal(code, 0, stderr);
    assert.ok(!existsSync(tree) && !existsSync(home.artifactsOf(id)));
    assert.equal(home.eventsOf('worktree.removed', id).length, 1);
    assert.equal(home.eventsOf('worker.files_removed', id).length, 2);
    assert.ok(readdirSync(join(home.folder, 'artifacts')).every((name) => !name.endsWith('.removing')));
  });
});
