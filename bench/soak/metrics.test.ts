import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { type Sample, trendsOf } from './metrics.ts';
import { summary } from './report.ts';

/** A sample every ten seconds, of a home in which nothing grows but what its workers leave. */
function samples(more: (index: number) => Partial<Sample> = () => ({}), count = 120): Sample[] {
  return Array.from({ length: count }, (_, index) => {
    const ended = index * 3;
    return {
      at: index * 10,
      ended,
      alive: 4 + (index % 3),
      watcher: { pid: 7, ageS: index * 10, rssMiB: 90, descriptors: 25, processorMs: ended * 200 },
      commandsMs: ended * 900,
      processes: 20,
      zombies: 0,
      tmuxServers: 4,
      events: ended * 10,
      ledgerBytes: 100_000 + ended * 20_000,
      artifactBytes: 50_000 * Math.min(ended, 90),
      artifactFolders: Math.min(ended, 90),
      overdueFolders: 0,
      runFiles: 8,
      floorMs: 60,
      sessionsMs: 80,
      observeMs: 100,
      spawnMs: 200,
      gc: index % 6 === 0 ? { items: ended, ms: 100 + ended * 20, floorMs: 60 } : null,
      behindS: 0,
      ...more(index),
    };
  });
}

const growing = (given: readonly Sample[]) =>
  trendsOf(given).flatMap(({ name, grows }) => (grows ? [name.split(':')[0]] : []));

describe('the metrics of a soak', () => {
  it('are flat where each worker leaves as much as the one before', () => {
    assert.deepEqual(growing(samples()), []);
  });

  it('see that each worker adds more to the ledger, which the mean of all hides', () => {
    const ledger = (index: number) => ({ ledgerBytes: 100_000 + index * 60_000 + index ** 2 * 500 });
    assert.deepEqual(growing(samples(ledger)), ['ledger', 'ledger']);
  });

  it('see what a watcher leaks within its life, whatever the next one begins with', () => {
    const leaks = (index: number): Partial<Sample> => {
      const age = index % 40;
      const pid = 100 + Math.floor(index / 40);
      return {
        watcher: { pid, ageS: age * 10, rssMiB: 80 + age * 2, descriptors: 25, processorMs: age * 600 },
      };
    };
    assert.deepEqual(growing(samples(leaks)), ['watcher']);
  });

  it('see artifacts that gc should have removed, and a gc that takes longer with each item', () => {
    assert.deepEqual(growing(samples((index) => ({ overdueFolders: index > 70 ? 1 : 0 }))), ['artifacts']);
    const gc = (index: number) => ({ gc: { items: index * 3, ms: 100 + (index * 3) ** 2, floorMs: 60 } });
    assert.deepEqual(growing(samples(gc)), ['gc']);
    assert.deepEqual(growing(samples(() => ({ gc: { items: 50, ms: 9000, floorMs: 60 } }))), ['gc']);
  });
});

describe('the last line of a soak', () => {
  it('says whether it has passed, and what has grown', () => {
    const run = { samples: [], failures: [], kept: { planned: 40, begun: 40 } };
    assert.equal(
      summary(run, trendsOf(samples()), 10),
      'passed: 40 of 40 workers, 4.0 a minute, no failure, nothing grows',
    );
    const leaks = trendsOf(samples((index) => ({ processes: 20 + index })));
    assert.equal(
      summary({ ...run, failures: ['x'] }, leaks, 20),
      'FAILED: 40 of 40 workers, 2.0 a minute, 1 failures, above its bound: processes',
    );
  });
});
