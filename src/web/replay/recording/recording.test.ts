import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { anyCharacter } from '../../../lib/testing/any-character.ts';
import type { RecordedFrame, RunTuple } from '../../../terminal/recording/format.ts';
import { recorded, START } from '../testing/story.ts';
import { columnsOf, piecesOf } from './cells.ts';
import { Inks } from './colours.ts';
import { Recording } from './recording.ts';

const bytes = (text: string) => new TextEncoder().encode(text);
const recording = (text: string) => new Recording(bytes(text), START);
const textAt = (of: Recording, index: number) =>
  of
    .screenAt(index)
    ?.rows.map(({ text }) => text)
    .join('\n')
    .trimEnd();

describe('a recording on a page', () => {
  it('shows the screen of each moment, forwards and backwards', () => {
    const frames = Array.from(
      { length: 200 },
      (_, index): RecordedFrame => [index * 100, [[index % 10, `line ${index}`]]],
    );
    const own = recording(recorded('ap_a', 0, frames));
    assert.equal(own.times.length, 200);
    const seen = frames.map((_, index) => textAt(own, index));
    for (const index of [199, 0, 64, 63, 128, 5]) assert.equal(textAt(own, index), seen[index]);
    assert.equal(
      textAt(own, 12),
      ['line 10', 'line 11', 'line 12', ...[3, 4, 5, 6, 7, 8, 9].map((n) => `line ${n}`)].join('\n'),
    );
    assert.deepEqual([own.indexAt(-1), own.indexAt(0), own.indexAt(149), own.indexAt(1e9)], [-1, 0, 1, 199]);
  });

  it('goes on with another size, and another run', () => {
    const own = recording(
      recorded('ap_a', 0, [
        [
          0,
          [
            [0, 'first'],
            [20, 'below'],
          ],
        ],
      ]) + recorded('ap_a', 60, [[0, [[0, 'second']]]], { run: 2, cols: 40, rows: 5 }),
    );
    assert.deepEqual([own.runAt(0), own.runAt(1)], [1, 2]);
    assert.equal(own.screenAt(1)?.rows.length, 5);
    assert.equal(textAt(own, 1), 'second');
    assert.equal(own.times[1], 60_000);
  });

  it('reads only what is shown of a long one, and the same each time', () => {
    const pieces = Array.from({ length: 12 }, (_, piece) =>
      recorded('ap_a', piece * 10, [
        [0, [[0, `piece ${piece}`]]],
        [500, [[1, 'more']]],
      ]),
    );
    const own = recording(pieces.join(''));
    const order = [0, 23, 11, 5, 0, 23, 1];
    for (const index of [...order, ...order])
      assert.match(textAt(own, index) ?? '', new RegExp(`^piece ${index >> 1}\\b`));
  });

  it('survives every text', () => {
    const whole = recorded('ap_a', 0, [
      [0, [[0, 'text', [[0, 2, 1, '1', null]]]]],
      [100, [[1, 'x']], [1, 2]],
    ]);
    fc.assert(
      fc.property(fc.nat(whole.length), fc.string({ unit: anyCharacter, maxLength: 20 }), (at, text) => {
        const own = recording(whole.slice(0, at) + text + whole.slice(at));
        for (const index of own.times.keys()) own.screenAt(index);
      }),
    );
    for (const text of ['', '\n\n', '[1,[]]\n', '{"__proto__":1}\n[0,[[0,"x"]]]\n', '{}'])
      assert.equal(recording(text).times.length, 0);
  });

  it('does not believe times that run backwards or never come', () => {
    const own = recording(
      recorded('ap_a', 0, [
        [500, []],
        [100, []],
        [9e15, []],
        [700, []],
      ] as RecordedFrame[]),
    );
    assert.deepEqual(own.times, [500, 500, 700]);
  });
});

describe('a row on a page', () => {
  const text = (pieces: ReturnType<typeof piecesOf>) => pieces.map((piece) => piece.text).join('');

  it('keeps its words, in cells of their width', () => {
    const pieces = piecesOf('ab日本🚀é', []);
    assert.equal(text(pieces), 'ab日本🚀é');
    assert.deepEqual(
      pieces.map(({ columns }) => columns),
      [null, 2, 2, 2, null],
    );
    assert.equal(columnsOf('ab日本🚀é'), 9);
  });

  it('is cut where its style changes', () => {
    const runs: RunTuple[] = [[2, 4, 1, '1', null]];
    assert.deepEqual(
      piecesOf('abcdef', runs).map((piece) => [piece.text, piece.run]),
      [
        ['ab', null],
        ['cd', runs[0]],
        ['ef', null],
      ],
    );
  });

  it('loses what reorders or hides, and is bounded', () => {
    assert.equal(text(piecesOf('a\u202eb\u2066c\u200fd\ufeff', [])), 'abcd');
    assert.ok(text(piecesOf('x'.repeat(100_000), [])).length <= 1000);
    assert.ok(text(piecesOf(`e${'\u0301'.repeat(100_000)}`, [])).length <= 1000);
  });

  it('can be read in every colour, on light and on dark', () => {
    const colour = fc.oneof(
      fc.constant(null),
      fc.integer({ min: 0, max: 255 }).map(String),
      fc.integer({ min: 0, max: 0xffffff }).map((value) => `#${value.toString(16).padStart(6, '0')}`),
    );
    for (const name of ['light', 'dark'] as const) {
      const inks = new Inks(name);
      fc.assert(
        fc.property(fc.integer({ min: 0, max: 15 }), colour, colour, (flags, fg, bg) => {
          const { color, background } = inks.of([0, 1, flags, fg, bg]);
          assert.match(color, /^#[0-9a-f]{6}$/);
          assert.ok(contrast(color, background ?? inks.background) >= 4.45, `${color} on ${background}`);
        }),
      );
    }
  });
});

/** The ratio of WCAG. */
function contrast(one: string, other: string): number {
  const luminance = (color: string) => {
    const [red = 0, green = 0, blue = 0] = [1, 3, 5].map((at) => {
      const part = Number.parseInt(color.slice(at, at + 2), 16) / 255;
      return part <= 0.03928 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
    });
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
  };
  const [dark = 0, light = 0] = [luminance(one), luminance(other)].sort((a, b) => a - b);
  return (light + 0.05) / (dark + 0.05);
}
