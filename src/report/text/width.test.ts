import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import stringWidth from 'string-width';
import { widthOf } from './width.ts';

describe('the width of a text', () => {
  it('equals that of string-width, for every text', () => {
    const signs = [...'aZ 09~·–…→─│░▍█●○◌✓✗?!é日👩‍👧\u001b[1m\u0301'];
    const text = fc.oneof(
      fc.string({ unit: 'grapheme' }),
      fc.array(fc.constantFrom(...signs)).map((all) => all.join('')),
    );
    fc.assert(fc.property(text, (each) => assert.equal(widthOf(each), stringWidth(each))));
  });

  it('does not count its colour codes', () => {
    assert.equal(widthOf('\u001b[32m✓\u001b[39m ok'), 4);
    assert.equal(widthOf('\u001b[32m日\u001b[39m ok'), 5);
  });
});
