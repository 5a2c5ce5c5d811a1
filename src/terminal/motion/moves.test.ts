import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { anyCharacter } from '../../lib/testing/any-character.ts';
import { movesBetween } from './moves.ts';

const kinds = (before: string[], after: string[]) =>
  movesBetween(before, after)
    .map(({ kind }) => kind)
    .sort();

describe('what moves between two screens', () => {
  it('a sign that turns in place, also as a bar', () => {
    assert.deepEqual(kinds(['✻ Cogitating…'], ['✽ Cogitating…']), ['turning']);
    assert.deepEqual(kinds(['■■⬝⬝ esc interrupt'], ['⬝■■⬝ esc interrupt']), ['turning']);
  });

  it('digits that count: seconds, also over a minute, tokens, a percentage', () => {
    assert.deepEqual(kinds(['• Working (12s • esc)'], ['• Working (13s • esc)']), ['counting']);
    assert.deepEqual(kinds(['Working (59s)'], ['Working (1m 0s)']), ['counting']);
    assert.deepEqual(kinds(['↓ 980 tokens'], ['↓ 1.2k tokens']), ['counting']);
    assert.deepEqual(kinds(['building 9%'], ['building 10%']), ['counting']);
  });

  it('both at once', () => {
    assert.deepEqual(kinds(['⠋ Working 1s'], ['⠙ Working 2s']), ['counting', 'turning']);
  });

  it('text that is written: in a row, in a new row, and while it scrolls', () => {
    assert.deepEqual(kinds(['● one two'], ['● one two three']), ['growing']);
    assert.deepEqual(kinds(['● one tw▌'], ['● one two▌']), ['growing']);
    assert.deepEqual(kinds(['● one', ''], ['● one', '  two']), ['growing']);
    assert.deepEqual(kinds(['a one', 'b two', 'c three'], ['b two', 'c three', 'd four']), ['growing']);
  });

  it('another page is redrawn, and not written', () => {
    const page = (word: string) => Array.from({ length: 40 }, (_, row) => `${word} ${'x'.repeat(row)}`);
    assert.deepEqual(kinds(page('alpha'), page('beta')), ['redrawn']);
    assert.deepEqual(kinds(['Which one?', '  yes'], ['Done.', '  no']), ['redrawn']);
    assert.ok(!kinds([], page('alpha')).includes('growing'));
  });

  const rows = fc.array(fc.string({ unit: anyCharacter, maxLength: 30 }), { maxLength: 80 });

  it('nothing moves on the same screen, whatever it shows', () => {
    fc.assert(fc.property(rows, (screen) => assert.deepEqual(movesBetween(screen, [...screen]), [])));
  });

  it('something moves between any two others, at most once per kind, in a row of the newer one', () => {
    fc.assert(
      fc.property(rows, rows, (before, after) => {
        const moves = movesBetween(before, after);
        const isSame = before.length === after.length && before.every((row, at) => row === after[at]);
        assert.equal(moves.length === 0, isSame);
        assert.equal(new Set(moves.map(({ kind }) => kind)).size, moves.length);
        for (const { row } of moves) assert.ok(after.includes(row) || after.length === 0);
      }),
    );
  });
});
