import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { screenFromText } from './screen-from-text.ts';

describe('a captured text', () => {
  it('becomes a screen with its rows, its title and the cursor behind the last word', () => {
    const screen = screenFromText('one\r\ntwo  \n\n', { title: 'proj' });
    assert.deepEqual(
      screen.rows.map((row) => row.text),
      ['one', 'two', ''],
    );
    assert.deepEqual(screen.cursor, { row: 1, col: 3 });
    assert.equal(screen.title, 'proj');
  });

  it('keeps how its words look, over the end of a row until it is reset', () => {
    const [first, second] = screenFromText('\x1b[1;38;5;12mred\x1b[22m not bold\nstill\x1b[0m plain').rows;
    assert.deepEqual(first?.runs, [
      { start: 0, end: 3, bold: true, fg: '12' },
      { start: 3, end: 12, fg: '12' },
    ]);
    assert.deepEqual(second?.runs, [{ start: 0, end: 5, fg: '12' }]);
  });

  it('reads true colours, backgrounds, inverse and links', () => {
    const [row] = screenFromText('\x1b]8;;https://example.com\x07\x1b[7;48;2;1;2;255mon\x1b]8;;\x07').rows;
    assert.equal(row?.text, 'on');
    assert.deepEqual(row?.runs, [{ start: 0, end: 2, inverse: true, bg: '#0102ff' }]);
  });

  it('keeps only the bottom of a long dump', () => {
    const text = Array.from({ length: 1000 }, (_, index) => `row ${index}`).join('\n');
    assert.equal(screenFromText(text, { lines: 50 }).rows.at(0)?.text, 'row 950');
  });

  it('is never broken by any bytes', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 300 }), (text) => {
        const screen = screenFromText(`\x1b[3${text}`);
        assert.ok(screen.rows.length > 0);
      }),
    );
  });
});
