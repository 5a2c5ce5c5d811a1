import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { anyCharacter } from '../../../lib/testing/any-character.ts';
import { screenFromText } from './screen-from-text.ts';

describe('a captured text', () => {
  it('becomes a screen with its rows, its title and the cursor after the last word', () => {
    const screen = screenFromText('one\r\ntwo  \n\n', { title: 'proj' });
    assert.deepEqual(
      screen.rows.map((row) => row.text),
      ['one', 'two', ''],
    );
    assert.deepEqual(screen.cursor, { row: 1, col: 3 });
    assert.equal(screen.title, 'proj');
  });

  it('keeps its styles across the end of a row until they are reset', () => {
    const [first, second] = screenFromText('\x1b[1;38;5;12mred\x1b[22m not bold\nstill\x1b[0m plain').rows;
    assert.deepEqual(first?.runs, [
      { start: 0, end: 3, bold: true, fg: '12' },
      { start: 3, end: 12, fg: '12' },
    ]);
    assert.deepEqual(second?.runs, [{ start: 0, end: 5, fg: '12' }]);
  });

  it('keeps true colours, backgrounds, inverse and links', () => {
    const [row] = screenFromText('\x1b]8;;https://example.com\x07\x1b[7;48;2;1;2;255mon\x1b]8;;\x07').rows;
    assert.equal(row?.text, 'on');
    assert.deepEqual(row?.runs, [{ start: 0, end: 2, inverse: true, bg: '#0102ff' }]);
  });

  it('is cut to the bottom of a long dump', () => {
    const text = Array.from({ length: 1000 }, (_, index) => `row ${index}`).join('\n');
    assert.equal(screenFromText(text, { lines: 50 }).rows.at(0)?.text, 'row 950');
  });

  it('becomes a screen whatever bytes it has', () => {
    fc.assert(
      fc.property(fc.string({ unit: anyCharacter, maxLength: 300 }), (text) => {
        const screen = screenFromText(`\x1b[3${text}`);
        assert.ok(screen.rows.length > 0);
      }),
    );
  });
});
