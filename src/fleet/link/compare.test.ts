import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { compareLogs } from './compare.ts';

const local = (...hashes: string[]) => ({
  last: hashes.length,
  hashAt: (position: number) => hashes[position - 1] ?? null,
});

describe("this machine's log and what the database has of it", () => {
  it('go on from the end of the database', () => {
    assert.deepEqual(compareLogs(local('a', 'b'), { position: 1, hash: 'a' }), { kind: 'goes_on', from: 2 });
    assert.deepEqual(compareLogs(local('a', 'b'), { position: 2, hash: 'b' }), { kind: 'goes_on', from: 3 });
  });

  it('go on from the beginning where the database has nothing', () => {
    assert.deepEqual(compareLogs(local(), { position: 0, hash: '' }), { kind: 'goes_on', from: 1 });
    assert.deepEqual(compareLogs(local('a'), { position: 0, hash: '' }), { kind: 'goes_on', from: 1 });
  });

  it('show that a backup was put in place', () =>
    assert.deepEqual(compareLogs(local('a'), { position: 3, hash: 'c' }), { kind: 'behind', missing: 2 }));

  it('show that they are two histories', () =>
    assert.deepEqual(compareLogs(local('a', 'x', 'y'), { position: 2, hash: 'b' }), {
      kind: 'diverges',
      at: 2,
    }));

  it('go on exactly where one is the beginning of the other', () => {
    fc.assert(
      fc.property(
        fc.array(fc.nat(), { maxLength: 8 }),
        fc.array(fc.nat(), { maxLength: 3 }),
        fc.nat(8),
        (log, others, cut) => {
          const chained = (numbers: readonly number[]) =>
            numbers.map((_, at) => numbers.slice(0, at + 1).join());
          const remote = chained([...log.slice(0, cut), ...others]);
          const mine = chained(log);
          const { kind } = compareLogs(local(...mine), {
            position: remote.length,
            hash: remote.at(-1) ?? '',
          });
          const isBeginning = remote.every((hash, at) => mine[at] === hash);
          assert.equal(kind === 'goes_on', isBeginning);
        },
      ),
    );
  });
});
