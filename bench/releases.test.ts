import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { temporaryFolder } from '../src/lib/testing/processes.ts';
import { besideFloor, type Figure, meetsBudget } from './figure.ts';
import { keep, releaseBefore, rowPaths } from './releases.ts';
import { row } from './table.ts';

const append = (value: number): Figure => ({
  what: 'append',
  value,
  unit: 'events/s',
  floor: { value: 100, unit: 'events/s', what: 'bare' },
  budget: { atLeast: 0.2, of: 'ratio' },
});
const release = (version: string, figures: Record<string, Figure>) => ({
  release: version,
  measured: '2026-01-01',
  figures,
});

describe('the figures of releases', () => {
  it('given several releases, the last one before a version stands beside its figures', () => {
    const folder = temporaryFolder();
    for (const version of ['0.9.0', '0.10.0', '0.11.0'])
      keep(release(version, { append: append(1) }), folder);
    assert.equal(releaseBefore('0.11.0', folder)?.release, '0.10.0');
    assert.equal(releaseBefore('0.9.0', folder), null);
  });

  it('given a run of some parts, the figures of the others are kept', () => {
    const folder = temporaryFolder();
    keep(release('0.3.0', { append: append(10), spawn: append(3) }), folder);
    keep(release('0.3.0', { append: append(20) }), folder);
    const { figures } = releaseBefore('0.4.0', folder) ?? {};
    assert.deepEqual([figures?.append?.value, figures?.spawn?.value], [20, 3]);
  });

  it('an indented row belongs to the row above it', () => {
    const pathOf = rowPaths();
    const rows = ['append, 1 at once', '  p99', 'append, 8 at once', '  p99', '  lost'];
    assert.deepEqual(
      rows.map((what) => pathOf({ ...append(1), what })),
      [
        'append, 1 at once',
        'append, 1 at once/p99',
        'append, 8 at once',
        'append, 8 at once/p99',
        'append, 8 at once/lost',
      ],
    );
  });
});

describe('a row of the benchmark', () => {
  it('shows its ratio to the floor beside the ratio of the former release, and its budget', () => {
    const columns = row(append(25), { ...append(11), budget: { atLeast: 0.5 } }).split(/ {2,}/);
    assert.deepEqual(columns, [
      'append',
      '25.0 events/s',
      '100 events/s bare',
      '0.25 x',
      '0.11 x',
      '≥ 0.20 x',
      'yes',
    ]);
  });

  it('without a floor shows the former value itself', () => {
    const memory: Figure = { what: 'memory', value: 90, unit: 'MiB' };
    assert.match(row(memory, { ...memory, value: 310 }), /^memory +90\.0 MiB +310 MiB$/);
  });

  it('misses a budget for the ratio, whatever its value is', () => {
    const floor = { value: 10, unit: 'ms', what: 'node -e 0' } as const;
    const spawn: Figure = { what: 'spawn', value: 26, unit: 'ms' };
    assert.equal(meetsBudget(besideFloor(spawn, floor, 2.5)), false);
    assert.equal(meetsBudget(besideFloor({ ...spawn, value: 24 }, floor, 2.5)), true);
    assert.equal(meetsBudget(besideFloor(spawn, floor)), null);
  });
});
