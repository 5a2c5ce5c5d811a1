import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { linesOf } from '../model/frame.ts';
import { frameOf } from '../model/layout.ts';
import { aDetail, aSnapshot, aState, aWorker } from '../testing/states.ts';
import { hostileText } from '../testing/texts.ts';
import { textOf } from '../text/line.ts';
import { InkPictures } from './ink-pictures.ts';

const palette = { background: 'dark', depth: 'indexed' } as const;
const plain = (row: string) => row.replace(/\x1b\[[\d;]*m/g, '').trimEnd();

describe('Ink', () => {
  it('draws every frame as it was laid out, with nothing but colours in its rows', () => {
    const pictures = new InkPictures();
    const aSize = fc.tuple(fc.integer({ min: 60, max: 200 }), fc.integer({ min: 16, max: 60 }));
    fc.assert(
      fc.property(aSize, fc.array(hostileText, { maxLength: 8 }), ([cols, rows], texts) => {
        const workers = texts.map((task) => aWorker('RUNNING', { task }));
        const state = aState(aSnapshot({ workers }), cols, rows);
        const value = { cols: 80, rows: texts.map((text) => ({ text, runs: [] })), cursor: null };
        const detail = aDetail(state.selected ?? '', { screen: { kind: 'loaded', value } });
        const frame = frameOf({ ...state, detail });
        const drawn = pictures.draw(frame, palette);
        assert.equal(drawn.length, rows);
        const wanted = linesOf(frame).map((each) => textOf(each).trimEnd());
        assert.deepEqual(drawn.map(plain), wanted);
      }),
      { numRuns: 60 },
    );
    pictures.close();
  });

  it('writes no colour where there is none', () => {
    const pictures = new InkPictures();
    const frame = frameOf(aState(aSnapshot({ workers: [aWorker('RUNNING')] })));
    const codes = pictures
      .draw(frame, { background: 'dark', depth: 'none' })
      .join('')
      .match(/\x1b\[[\d;]*m/g);
    assert.ok(
      (codes ?? []).every((code) => !/\b(?:[34]\d|9\d|10\d)\b/.test(code)),
      codes?.join(),
    );
    pictures.close();
  });
});
