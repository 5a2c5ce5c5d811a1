import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { type Printed, settle, steady } from './steady.ts';

const nothing: Printed = { ahead: [], screen: [] };

/** What is printed for these looks at a screen, each after lines have scrolled off it. */
function printedFor(looks: readonly { settled?: string[]; screen: string[]; isQuiet?: boolean }[]): string[] {
  let printed = nothing;
  const out: string[] = [];
  for (const { settled = [], screen, isQuiet = false } of looks) {
    const scrolled = settle(printed, settled);
    out.push(...settled.slice(scrolled.from));
    const shown = steady(scrolled.printed, screen, isQuiet);
    out.push(...screen.slice(shown.from, shown.to));
    printed = shown.printed;
  }
  return out;
}

describe('the lines of a screen that is followed', () => {
  it('come once they stand still, above a line that is still drawn', () =>
    assert.deepEqual(
      printedFor([
        { screen: ['one', '| working'] },
        { screen: ['one', '/ working'] },
        { screen: ['one', 'two', '- working'] },
        { screen: ['one', 'two', '| working'] },
      ]),
      ['one', 'two'],
    ));

  it('come all at once when the screen is quiet, without the empty lines at its end', () =>
    assert.deepEqual(printedFor([{ screen: ['one', 'two', ''], isQuiet: true }]), ['one', 'two']));

  it('do not come again when they scroll off', () =>
    assert.deepEqual(
      printedFor([
        { screen: ['one', 'two'], isQuiet: true },
        { settled: ['one'], screen: ['two', 'three'], isQuiet: true },
        { settled: ['two', 'three', 'four'], screen: [], isQuiet: true },
      ]),
      ['one', 'two', 'three', 'four'],
    ));

  it('come again where they have changed', () =>
    assert.deepEqual(
      printedFor([
        { screen: ['one', '> '], isQuiet: true },
        { screen: ['one', '> hello', 'two'], isQuiet: true },
      ]),
      ['one', '> ', '> hello', 'two'],
    ));

  it('are each printed once, and in order, however a worker that only adds lines is read', () => {
    const step = fc.record({
      added: fc.array(fc.string({ maxLength: 3 }), { maxLength: 4 }),
      kept: fc.nat(3),
      isQuiet: fc.boolean(),
    });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 12 }), (steps) => {
        const all: string[] = [];
        let settledTo = 0;
        const looks = steps.map(({ added, kept, isQuiet }) => {
          all.push(...added);
          const to = Math.max(settledTo, all.length - kept);
          const settled = all.slice(settledTo, to);
          settledTo = to;
          return { settled, screen: all.slice(to), isQuiet };
        });
        const out = printedFor([...looks, { settled: all.slice(settledTo), screen: [] }]);
        assert.deepEqual(out, all);
      }),
    );
  });
});
