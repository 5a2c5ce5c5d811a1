import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';

import { trials } from '../../../lib/testing/trials.ts';

import { redact, replaced } from '../redaction.ts';
import { contextKinds, formatKinds, keyKinds, NEXT_LINES } from '../testing/kinds.ts';
import { cuts } from '../testing/specimens.ts';

import { RepeatedLines } from './repeated-lines.ts';

const kinds = [...formatKinds, ...contextKinds, ...keyKinds];
const plain = fc.constantFrom(...NEXT_LINES.filter((each) => each !== ''), 'All 12 tests passed', '');
const secret = fc
  .tuple(fc.constantFrom(...kinds), fc.integer({ min: 24, max: 100 }), fc.boolean())
  .chain(([[, kind], width, isCut]) => kind.map(({ text }) => (isCut ? cutAt(text, width) : text)));
const part = fc.oneof(plain, secret);
/** What stays at the top, and what is below it on one screen after the other. */
const screens = fc.tuple(
  fc.array(part, { maxLength: 5 }),
  fc.array(fc.array(part, { maxLength: 3 }), { minLength: 2, maxLength: 4 }),
);

const cutAt = (text: string, width: number): string =>
  text
    .split('\n')
    .map((line) => cuts.bare?.(line, width) ?? line)
    .join('\n');

const linesOf = (parts: readonly string[]): string[] => parts.join('\n').split('\n');

describe('lines that are read again and again', () => {
  it('have the same secrets as the whole text each time, whatever follows the lines that stay', () => {
    fc.assert(
      fc.property(screens, ([top, below]) => {
        const repeated = new RepeatedLines();
        // Each twice: a screen that has not changed is read, too.
        for (const parts of below.flatMap((each) => [each, each])) {
          const lines = linesOf([...top, ...parts]);
          const text = lines.join('\n');
          assert.equal(replaced(text, repeated.in(lines)), redact(text));
        }
      }),
      { numRuns: trials(500), seed: 15 },
    );
  });

  it('are read anew where the text scrolls, or another one is shown', () => {
    const repeated = new RepeatedLines();
    const token = `gh${'p_'}${'a1B2'.repeat(9)}`;
    const screen = [`export A=${token}`, 'one', 'two', 'three', 'four', 'five', 'six', `  ${token}`];
    for (const lines of [screen, screen, screen.slice(1), screen.slice(1), ['', token], screen, []]) {
      const text = lines.join('\n');
      assert.equal(replaced(text, repeated.in(lines)), redact(text));
    }
  });
});
