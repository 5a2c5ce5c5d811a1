import assert from 'node:assert/strict';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { until } from '../../../lib/testing/until.ts';
import { commit, Ground } from '../../commands/gc/testing/ground.ts';

describe('the retention of config.yaml', () => {
  const home = new Ground();
  const log = () => readFileSync(join(home.folder, 'run', 'watcher.log'), 'utf8');
  const configure = (retention: Record<string, string>) =>
    home.configure([], { policy: { max_parallel_sessions: 20 }, retention });

  it('is applied by the watcher once nothing is at work, and is said in its log', async () => {
    const { id, tree } = await home.worker();
    commit(tree);
    await home.over(id);
    await until('the end of the watcher', () => home.watcherPid() === null);
    configure({ recordings: '1s', worktrees: '1s' });
    const other = await home.worker();
    assert.ok(existsSync(tree), 'not while a watcher has just begun');
    await home.json(['terminate', other.id]);
    await until('the removal', () => !existsSync(tree));
    await until('the log', () =>
      /retention: removed 2 items .*ap_\w+ recording, ap_\w+ worktree/.test(log()),
    );
    assert.ok(existsSync(join(home.artifactsOf(id), 'diff.patch')), 'artifacts have no retention');
    assert.deepEqual(
      home.eventsOf('worktree.removed', id).map(({ actor, data }) => [actor, data.by]),
      [['watcher', 'gc']],
    );
    // The command takes the same ages.
    const { older_than_seconds } = await home.json(['gc', '--dry-run']);
    assert.deepEqual(older_than_seconds, { worktree: 1, recording: 1, artifacts: null });
  });

  it('is not applied again the same day, but at once if it is another one, or the clock was set back', async () => {
    const runs = () => log().match(/retention: /g)?.length ?? 0;
    const cycle = async () => {
      const { id } = await home.worker();
      await home.json(['terminate', id]);
      await until('the end of the watcher', () => home.watcherPid() === null, log);
    };
    const before = runs();
    await cycle();
    assert.equal(runs(), before);
    configure({ recordings: '2s', worktrees: '1s' });
    await cycle();
    assert.equal(runs(), before + 1);
    const stamp = join(home.folder, 'run', 'retention');
    const [at, limits] = readFileSync(stamp, 'utf8').split(' ');
    writeFileSync(stamp, `${Number(at) + 9_999_999} ${limits}`);
    await cycle();
    assert.equal(runs(), before + 2);
    configure({});
    await cycle();
    assert.equal(runs(), before + 2);
  });
});
