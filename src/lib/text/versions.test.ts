import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { compareVersions, isPlainVersion } from './versions.ts';

const plain = fc.array(fc.nat(999), { minLength: 1, maxLength: 4 }).map((parts) => parts.join('.'));

describe('plain versions', () => {
  it('are compared number by number', () => {
    const sorted = ['0.9', '1.0', '1.0.0', '1.0.2', '1.0.10', '1.18.33', '2026.06.15'];
    assert.deepEqual([...sorted].reverse().sort(compareVersions), sorted);
  });

  it('are numbers only', () => {
    assert.deepEqual(['2.1.332', '7', '2026.06.15'].map(isPlainVersion), [true, true, true]);
    const others = ['', 'v1.0', '1.0.0-beta', '2025.08.01-abc', '1.', '1..2', '1.0 ', '1.0\n'];
    assert.deepEqual(others.filter(isPlainVersion), []);
  });

  it('have a total order', () => {
    fc.assert(
      fc.property(plain, plain, plain, (a, b, c) => {
        assert.equal(Math.sign(compareVersions(a, b)), -Math.sign(compareVersions(b, a)) + 0);
        if (compareVersions(a, b) <= 0 && compareVersions(b, c) <= 0) assert.ok(compareVersions(a, c) <= 0);
      }),
    );
  });
});
