import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { LastLines } from './last-lines.ts';

describe('the last lines', () => {
  it('are the same whether they came one by one or as one text', () => {
    const lines = fc.array(fc.stringMatching(/^[ab]{0,3}$/), { maxLength: 30 });
    const parts = fc.array(fc.record({ lines, isText: fc.boolean() }), { maxLength: 20 });
    fc.assert(
      fc.property(parts, fc.integer({ min: 1, max: 12 }), (all, most) => {
        const last = new LastLines();
        let expected: string[] = [];
        for (const { lines, isText } of all) {
          if (isText && lines.length > 0) last.addText({ text: lines.join('\n'), length: lines.length });
          else last.add(lines);
          last.keep(most);
          expected = [...expected, ...lines];
          assert.deepEqual(last.last(most), expected.slice(-most));
        }
        last.clear();
        assert.deepEqual(last.last(most), []);
      }),
    );
  });
});
