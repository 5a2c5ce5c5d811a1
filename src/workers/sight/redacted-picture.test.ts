import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import type { Screen, ScreenRow } from '../../terminal/screen/screen.ts';
import { RedactedPictures } from './redacted-picture.ts';

const token = `gh${'p_'}${'a1B2'.repeat(9)}`;
const mark = '[redacted:github-token]';

const screenOf = (rows: ScreenRow[], cursor = { row: 0, col: 0 }): Screen => ({
  cols: 80,
  rows,
  cursor,
  alternate: false,
  title: '',
});
const row = (
  text: string,
  ...runs: { start: number; end: number; fg?: string; bold?: boolean }[]
): ScreenRow => ({
  text,
  wrapped: false,
  ...(runs.length > 0 ? { runs } : {}),
});

describe('a redacted picture', () => {
  it('keeps the colours of what stays, in their new places, and none of the secret', () => {
    const text = `key ${token} done`;
    const end = 4 + token.length;
    const picture = new RedactedPictures().of(
      screenOf([
        row(
          text,
          { start: 0, end: 3, fg: '1' },
          { start: 4, end: 20, fg: '2' },
          { start: 20, end: end + 2, bold: true },
          { start: end + 1, end: end + 5, fg: '3' },
        ),
      ]),
    );
    assert.equal(picture.rows[0]?.text, `key ${mark} done`);
    const after = 4 + mark.length;
    assert.deepEqual(picture.rows[0]?.runs, [
      [0, 3, 0, '1', null],
      [after, after + 2, 1, null, null],
      [after + 1, after + 5, 0, '3', null],
    ]);
  });

  it('shows neither how long a secret is nor how it grows', () => {
    const pictures = new RedactedPictures();
    const typed = (length: number) => {
      const text = `key: ${token.slice(0, length)}`;
      return pictures.of(screenOf([row(text)], { row: 0, col: text.length }));
    };
    const first = typed(6);
    for (let length = 7; length <= token.length; length++) assert.deepEqual(typed(length), first);
    assert.deepEqual([first.rows[0]?.text, first.cursor], [`key: ${mark}`, [0, `key: ${mark}`.length]]);
  });

  it('loses the colours and the cursor of a row whose columns are not known', () => {
    const picture = new RedactedPictures().of(
      screenOf([row(`日本 ${token}`, { start: 0, end: 4, fg: '1' })], { row: 0, col: 30 }),
    );
    assert.deepEqual(picture.rows, [{ text: `日本 ${mark}`, runs: [] }]);
    assert.equal(picture.cursor, null);
  });

  it('knows the part of a wrapped line that has scrolled off, and the first line of a key above', () => {
    const wrapped = { text: `${token.slice(12)} next`, wrapped: true };
    const pictures = new RedactedPictures();
    const shown = pictures.of(screenOf([wrapped]), {
      head: `${'x'.repeat(68)}`.concat(' ', token.slice(0, 12)),
    });
    assert.equal(shown.rows[0]?.text, `${mark} next`);
    const body = Array.from({ length: 60 }, (_, index) => `${'Ab1+'.repeat(15)}${1000 + index}`);
    const key = pictures.of(screenOf(body.slice(40).map((text) => row(text))), {
      above: ['-----BEGIN RSA PRIVATE KEY-----', ...body.slice(0, 40)],
    });
    assert.ok(
      key.rows.every(({ text }) => text === '[redacted:private-key]'),
      key.rows[0]?.text,
    );
  });

  it('is the screen as it is where nothing on it is secret, with its runs within it', () => {
    const words = fc.constantFrom('npm test', 'ok 12', 'Reading src/parser.ts', '日本語', '');
    fc.assert(
      fc.property(fc.array(words, { minLength: 1, maxLength: 8 }), (texts) => {
        const rows = texts.map((text) => row(text, { start: 0, end: 2, fg: '4' }));
        const picture = new RedactedPictures().of(screenOf(rows, { row: 0, col: 1 }));
        assert.deepEqual(
          picture.rows,
          texts.map((text) => ({ text, runs: [[0, 2, 0, '4', null]] })),
        );
        assert.deepEqual(picture.cursor, [0, 1]);
      }),
      { numRuns: 30 },
    );
  });
});
