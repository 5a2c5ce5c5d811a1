import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { strip } from './strip.ts';

const ZERO_WIDTH = '\u200b';
const parts = fc.constantFrom(
  ...['a', 'word ', '\n', '\r\n', '\t', '\\', '^', '[', '\\u001b[31m', '\\x1b[m', '\\033[1m', '\\e[0m'],
  ...[
    '^[[32m',
    '\u001b[31m',
    '\u001b]8;;https://a.example/path\u0007',
    '\u001b',
    '\u0000',
    '\u00ad',
    'é',
    '漢',
    '~',
  ],
);

describe('what a terminal does not show', () => {
  it('is removed from every text, also where most of it is searched for single characters only', () => {
    fc.assert(
      fc.property(fc.array(parts, { maxLength: 30 }), (all) => {
        const text = all.join('');
        const { text: shown, hidden, back } = strip(text);
        // With an invisible character in front, every text is searched.
        const other = strip(ZERO_WIDTH + text);
        assert.equal(shown, other.text);
        assert.deepEqual(
          hidden,
          other.hidden.map(({ from, to }) => ({ from: from - 1, to: to - 1 })),
        );
        for (let at = 0; at < shown.length; at++) assert.equal(back(at), other.back(at) - 1);
      }),
    );
  });
});
