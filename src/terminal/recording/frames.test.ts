import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { blankPicture, frameBetween, withFrame } from './frames.ts';
import { twoPictures } from './testing/pictures.ts';

describe('the frame between two pictures', () => {
  it('makes the second of the first, and is none where they are the same', () => {
    fc.assert(
      fc.property(twoPictures, ([before, after]) => {
        const frame = frameBetween(before, after, 5);
        assert.deepEqual(frame ? withFrame(before, frame) : before, after);
        assert.equal(frameBetween(after, structuredClone(after), 5), null);
      }),
    );
  });

  it('makes the first picture of a blank one', () => {
    fc.assert(
      fc.property(twoPictures, ([picture]) => {
        const frame = frameBetween(null, picture, 0);
        assert.ok(frame);
        assert.deepEqual(withFrame(blankPicture(picture.cols, picture.rows.length), frame), picture);
      }),
    );
  });

  it('holds only the rows that changed, and the cursor where it moved', () => {
    const before = blankPicture(10, 3);
    const rows = [...before.rows.slice(0, 2), { text: 'new', runs: [] }];
    assert.deepEqual(frameBetween(before, { ...before, rows }, 7), [7, [[2, 'new']]]);
    assert.deepEqual(frameBetween(before, { ...before, cursor: [1, 2] }, 7), [7, [], [1, 2]]);
  });
});
