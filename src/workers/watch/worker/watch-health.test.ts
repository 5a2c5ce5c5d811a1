import assert from 'node:assert/strict';
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { until } from '../../../lib/testing/until.ts';
import { Home, killed } from '../../testing/home.ts';
import { WatchHealth } from './watch-health.ts';

describe('the health of a watch', () => {
  it('records the beginning and the end of a fault by turns, however often it occurs', () =>
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.boolean(), fc.nat({ max: 8000 })), { maxLength: 200 }),
        fc.boolean(),
        (looks, isFaulty) => {
          const recorded: string[] = [];
          const health = new WatchHealth(({ kind }) => {
            recorded.push(kind);
            return [];
          });
          let now = 0;
          if (isFaulty) health.resume(now);
          for (const [works, after] of looks) {
            now += after;
            if (works) health.worked(now);
            else health.failed('a fault', now);
          }
          const first = isFaulty ? 1 : 0;
          const kinds = ['fail_watch', 'restore_watch'];
          for (const [index, kind] of recorded.entries()) assert.equal(kind, kinds[(index + first) % 2]);
          // One pair per five seconds at most.
          assert.ok(recorded.length <= 2 * (now / 5000) + 2);
        },
      ),
    ));
});

describe('a worker that the watcher fails to watch', () => {
  const agents = [{ id: 'strange', program: 'fake-idle' }];
  const home = new Home({ agents });

  it('is named by sessions, observe and doctor until it is watched again, and the log has it once', async () => {
    const id = await home.spawn('strange');
    await home.reaches(id, 'IDLE');
    // Its provider is no longer in the config when the next watcher begins.
    await killed(home.watcherPid() ?? assert.fail('no watcher'));
    rmSync(join(home.folder, 'config.yaml'));
    await home.json(['observe', id]);
    const [failed] = await until('the fault', () => {
      const events = home.eventsOf('worker.watch_failed', id);
      return events.length > 0 && events;
    });
    assert.match(failed?.data.error ?? '', /strange/);
    const { watch_fault } = await home.json(['observe', id]);
    assert.deepEqual(watch_fault, { since: failed?.occurred_at, error: failed?.data.error });
    const { sessions } = await home.json(['sessions']);
    assert.deepEqual(sessions[0].watch_fault, watch_fault);
    assert.match((await home.run(['sessions'])).stdout, /not watched since .*strange.*agentpool doctor/);
    const { findings } = await home.json(['doctor']);
    const finding = findings.find(({ check }: { check: string }) => check === 'watch');
    assert.equal(finding.severity, 'error');
    assert.match(finding.found, new RegExp(`${id} is not watched since`));
    home.configure(agents);
    await until('the end of the fault', () => home.eventsOf('worker.watch_restored', id).length > 0);
    assert.equal((await home.json(['observe', id])).watch_fault, undefined);
    assert.equal((await home.json(['sessions'])).sessions[0].watch_fault, undefined);
    assert.equal(home.eventsOf('worker.watch_failed', id).length, 1);
  });
});
