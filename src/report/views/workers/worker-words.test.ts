import assert from 'node:assert/strict';
import { Writable } from 'node:stream';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { widthOf } from '../../text/width.ts';
import { shownWords } from './worker-words.ts';

/** A terminal of so many columns, without colours. */
const terminal = (columns: number) => Object.assign(new Writable({ write: () => {} }), { columns });

const question = (lines: string[], labels: string[] = []) => ({
  asks: {
    lines,
    choices: labels.map((label, index) => ({ number: index + 1, label, checked: null })),
    form: null,
    isAboutMoney: false,
  },
  result: null,
});

describe('the words of a worker on a terminal', () => {
  it('puts a question and its choices behind a bar', () => {
    const { lines } = shownWords(
      question(['Which do you prefer?'], ['pick a port', 'run alone']),
      terminal(80),
    );
    assert.deepEqual(lines, [
      '',
      '  │ Which do you prefer?',
      '  │   1. pick a port',
      '  │   2. run alone',
      '',
    ]);
  });

  it('shows the summary and the findings of a result, and says how many it leaves out', () => {
    const findings = Array.from({ length: 23 }, (_, index) => `finding ${index}`);
    const { lines } = shownWords({ asks: null, result: { summary: 'All pass.', findings } }, terminal(80));
    assert.deepEqual(lines.slice(0, 4), ['', '  │ All pass.', '  │', '  │ - finding 0']);
    assert.deepEqual(lines.slice(-3), ['  │ - finding 19', '  │ … and 3 more', '']);
  });

  it('continues a long item below its first word', () => {
    const { lines } = shownWords(question([], ['a port that the system hands out']), terminal(30));
    assert.deepEqual(lines, ['', '  │   1. a port that the', '  │      system hands out', '']);
  });

  it('shows nothing of a worker that says nothing', () => {
    assert.deepEqual(shownWords({ asks: null, result: null }, terminal(80)), { lines: [], asking: null });
  });

  it('fits every terminal, whatever the worker writes, and loses no letter', () => {
    const text = fc.array(
      fc.oneof(fc.string({ unit: 'grapheme', maxLength: 60 }), fc.constant('漢字'.repeat(40))),
    );
    fc.assert(
      fc.property(text, fc.integer({ min: 24, max: 200 }), (texts, columns) => {
        const rows = texts.map((each) => each.replace(/\p{C}|\p{Z}|\p{M}|│/gu, ' '));
        const { lines } = shownWords(question(rows), terminal(columns));
        for (const line of lines) assert.ok(widthOf(line) < columns, `${widthOf(line)}: ${line}`);
        const letters = (of: readonly string[]) => of.join('').normalize().replace(/[\s│]/g, '');
        assert.equal(letters(lines), letters(rows));
      }),
      { numRuns: 100 },
    );
  });
});
