import assert from 'node:assert/strict';
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { after, describe, it } from 'node:test';
import { until } from '../../../lib/testing/until.ts';
import { Killer } from '../../testing/kills.ts';
import { commit, Ground } from './testing/ground.ts';

/** Each is killed once. More for a trial: GC_KILLS=100. */
const KILLS = Number(process.env.GC_KILLS ?? 8);
const WORKERS = 4;

describe('gc that is killed at any moment', () => {
  const home = new Ground();
  const killer = new Killer(900);

  it(`loses no work, and the next one finishes it, ${KILLS} times`, async () => {
    for (let done = 0; done < KILLS; ) {
      const workers = await Promise.all(Array.from({ length: WORKERS }, () => home.worker()));
      for (const { tree, id } of workers) {
        commit(tree, `${id}.txt`);
        await home.json(['collect', id]);
        await home.json(['terminate', id]);
      }
      const last = Date.parse(home.session(workers.at(-1)?.id ?? '').gone_at ?? '');
      await until('a second', () => Date.now() - last > 1050);
      for (let more = true; more && done < KILLS; done++) {
        const { killed } = await killer.kill(home, ['gc', '--older-than', '1s'], {
          moment: Math.random(),
          from: () => existsSync(home.ledgerFile),
        });
        const states = workers.map(({ id, tree }) => {
          const hasFiles = existsSync(home.artifactsOf(id));
          return existsSync(tree) ? 'all' : hasFiles ? 'artifacts' : 'nothing';
        });
        killer.note(killed ? 'killed' : 'over', states.join(' '));
        for (const { id, branch } of workers) {
          assert.match(
            home.git('show', '--stat', branch),
            new RegExp(`${id}.txt`),
            'its commit is on its branch',
          );
          const isRecorded = home
            .eventsOf('worker.files_removed', id)
            .some(({ data }) => data.files === 'artifacts');
          assert.ok(isRecorded || existsSync(home.artifactsOf(id)), 'nothing goes before it is recorded');
        }
        more = states.some((state) => state !== 'nothing');
      }
      const { kept } = await home.gc();
      assert.deepEqual(kept, []);
      for (const { id, tree } of workers) {
        assert.ok(!existsSync(tree) && !existsSync(home.artifactsOf(id)));
        assert.equal(home.eventsOf('worktree.removed', id).length, 1);
        const kinds = home.eventsOf('worker.files_removed', id).map(({ data }) => data.files);
        assert.deepEqual(kinds.sort(), ['artifacts', 'recording']);
      }
      assert.deepEqual(readdirSync(join(home.folder, 'artifacts')), []);
      assert.deepEqual(home.git('worktree', 'list', '--porcelain').match(/^worktree /gm)?.length, 1);
    }
    assert.equal((await home.run(['replay', '--all', '--verify'])).code, 0);
  });

  after(() => console.log(killer.table('gc', 'left of each worker')));
});
