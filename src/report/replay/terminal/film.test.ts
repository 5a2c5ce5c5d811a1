import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import type { Piece } from '../../../terminal/recording/format.ts';
import { widthOf } from '../../text/width.ts';
import { Film } from './film.ts';
import { filmLines } from './film-view.ts';
import type { Mark } from './marks.ts';

const START = Date.parse('2026-11-30T08:00:00.000Z');
const pieceAt = (ms: number, ...frames: [ms: number, text: string][]): Piece => ({
  head: {
    version: 1,
    session_id: 'ap_a',
    run: 1,
    cols: 30,
    rows: 3,
    started_at: new Date(START + ms).toISOString(),
  },
  frames: frames.map(([at, text]) => [at, [[0, text]]]),
});
const mark = (ms: number, text: string, isChapter = true): Mark => ({
  at: START + ms,
  text,
  state: 'RUNNING',
  isChapter,
});
/** Two pieces, with a pause of an hour between them. */
const film = () =>
  new Film(
    [pieceAt(0, [0, 'a'], [500, 'b'], [1500, 'c']), pieceAt(3_601_500, [0, 'd'], [100, 'e'])],
    [mark(-10, 'asked'), mark(600, 'passing', false), mark(1600, 'a question'), mark(9_000_000, 'ended')],
  );
const shownAt = (at: number, of = film()) => of.pictureAt(at).rows[0]?.text;

describe('a film of a recording', () => {
  it('shortens the time in which nothing moves', () => {
    assert.equal(film().length, 1500 + 2000 + 100);
    assert.deepEqual(
      [0, 499, 500, 1500, 3499, 3500, 3600, 99_999].map((at) => shownAt(at)),
      ['a', 'a', 'b', 'c', 'c', 'd', 'e', 'e'],
    );
    assert.deepEqual(
      [film().nextChange(0), film().nextChange(1600), film().nextChange(3600)],
      [500, 3500, null],
    );
  });

  it('shows the same at a moment, whatever was shown before', () => {
    const one = film();
    fc.assert(
      fc.property(fc.array(fc.nat(4000)), (moments) => {
        for (const at of moments) assert.equal(shownAt(at, one), shownAt(at));
      }),
    );
  });

  it('knows the time of day, the last event, and where the next one is', () => {
    const one = film();
    assert.deepEqual(
      [0, 700, 2000, 3500].map((at) => one.timeAt(at) - START),
      [0, 700, 2000, 3_601_500],
    );
    assert.deepEqual(
      [0, 700, 2000, 3600].map((at) => one.markAt(at)?.text),
      ['asked', 'passing', 'a question', 'ended'],
    );
    assert.deepEqual(
      [one.nextChapter(0, 1), one.nextChapter(1600, 1), one.nextChapter(3600, 1), one.nextChapter(1600, -1)],
      [1600, 3600, null, 0],
    );
  });

  it('is empty without frames', () => {
    const none = new Film([], []);
    assert.deepEqual([none.isEmpty, none.length, none.markAt(0), none.timeAt(0)], [true, 0, null, 0]);
  });
});

describe('a film in a terminal', () => {
  const showing = { at: 1600, speed: 2, isPlaying: true };
  const bare = (line: string) => line.replace(/\u001b\[[\d;]*m/g, '');

  it('is cut where the terminal is smaller, and never has a line that is too long', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 90 }), fc.integer({ min: 1, max: 12 }), (cols, rows) => {
        const lines = filmLines(film(), showing, { cols, rows, hasColor: true });
        assert.equal(lines.length, rows);
        for (const line of lines) assert.ok(widthOf(bare(line)) <= cols, line);
      }),
    );
  });

  it('shows the end of what is written on a screen that is too high', () => {
    const high = new Film([pieceAt(0, [0, 'first'])], []);
    const piece = pieceAt(0, [0, 'first']);
    piece.frames[0]?.[1].push([2, 'last']);
    const lines = (rows: number, of: Film) =>
      filmLines(of, { ...showing, at: 0 }, { cols: 40, rows, hasColor: false }).slice(0, -2);
    assert.deepEqual(lines(3, new Film([piece], [])), ['last']);
    assert.deepEqual(lines(5, new Film([piece], [])), ['first', '', 'last']);
    assert.deepEqual(lines(3, high), ['first']);
  });

  it('has the event beneath, its state, and where it is', () => {
    const lines = filmLines(film(), showing, { cols: 90, rows: 6, hasColor: true }).map(bare);
    assert.deepEqual([lines[0], lines.length], ['c', 6]);
    assert.match(lines[4] ?? '', /^\d\d:\d\d:\d\d {2}● RUNNING {2}a question$/);
    assert.match(lines[5] ?? '', /^ ▶ 0:01 \/ 0:03 {2}2× /);
  });

  it('obeys no escape sequence of an event', () => {
    const hostile = new Film([pieceAt(0, [0, 'a'])], [mark(0, 'asks: \u001b[2J\u0007\nred')]);
    const lines = filmLines(hostile, { ...showing, at: 0 }, { cols: 90, rows: 6, hasColor: false });
    assert.match(lines[4] ?? '', /asks: red$/);
  });
});
