import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { resultName } from './result-name.ts';

const WORD = fc.stringMatching(/^[a-z0-9]{1,12}$/);

describe('the name of a result', () => {
  it('is the same however its words are wrapped, indented and padded', () => {
    const drawing = fc.record({
      words: fc.array(WORD, { minLength: 1, maxLength: 40 }),
      gaps: fc.array(fc.constantFrom(' ', '\n', '\n    ', '    \n\n  '), { minLength: 40, maxLength: 40 }),
    });
    fc.assert(
      fc.property(drawing, ({ words, gaps }) => {
        const drawn = words.map((word, index) => `${word}${gaps[index]}`).join('');
        assert.equal(resultName(drawn), resultName(words.join(' ')));
      }),
    );
  });

  it('differs where a word does', () => {
    assert.notEqual(resultName('Summary: the parser'), resultName('Summary: the printer'));
  });
});
