import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { Remembered } from './remembered.ts';

describe('remembered answers', () => {
  it('are made once while they are asked for', () => {
    const remembered = new Remembered<number>(3);
    const made: string[] = [];
    const ask = (text: string) => remembered.of(text, () => made.push(text));
    for (const text of ['a', 'b', 'a', 'c', 'a', 'd', 'a', 'e', 'a', 'f', 'a']) ask(text);
    assert.deepEqual(made, ['a', 'b', 'c', 'd', 'e', 'f']);
  });

  it('are forgotten once so many others were asked for', () => {
    const remembered = new Remembered<string>(3);
    remembered.of('first', () => 'old');
    for (let other = 0; other < 6; other++) remembered.of(`${other}`, () => '');
    assert.equal(
      remembered.of('first', () => 'new'),
      'new',
    );
  });
});
