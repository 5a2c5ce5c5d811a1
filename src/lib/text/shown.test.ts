import assert from 'node:assert/strict';
import { PassThrough } from 'node:stream';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { ERASE_LINE, ERASE_SCREEN, eraseLines } from '../../report/text/cursor.ts';
import { painted } from '../../report/text/style.ts';
import { widthOf } from '../../report/text/width.ts';
import { anyCharacter } from '../testing/any-character.ts';
import { shown } from './shown.ts';
import { shownOn } from './shown-stream.ts';

/** Whatever a terminal, old or new, obeys. */
const CONTROL = /[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069]/;
const OUR_SGR = /\x1b\[(?:[12]|22|3[1-69])m/g;
const color = painted(true);

const hostile = fc
  .array(
    fc.oneof(
      fc.constantFrom(
        ...[
          '\x1b',
          '\x1b[31m',
          '\x1b[8m',
          '\x1b[31;123456789m',
          '\x1b]0;title\x07',
          '\x1b]8;;http://x\x1b\\',
          '\x1b[2J',
        ],
        ...[
          '\x1bP1$q',
          '\x1b\\',
          '\x1bc',
          '\x9b31m',
          '\x9d0;x\x9c',
          '\x90',
          '\x7f',
          '\r',
          '\r\n',
          '\x07',
          '\x08',
          '\0',
        ],
        ...['\u202e', '\u2066', '\u2028', '[', ']', '31m', ';', '\\', '"', '\n', '\t', 'é漢', '🦀', 'a'],
      ),
      fc.string({ unit: anyCharacter, maxLength: 6 }),
    ),
    { maxLength: 12 },
  )
  .map((pieces) => pieces.join(''));

describe('a text that is shown', () => {
  it('has no control character but line ends and tabs, whatever it is made of', () => {
    fc.assert(
      fc.property(hostile, (text) => assert.doesNotMatch(shown(text), CONTROL)),
      { numRuns: 2000 },
    );
  });

  it('keeps our own colours, and none of the text that they are around', () => {
    const names = ['bold', 'dim', 'red', 'green', 'yellow', 'blue', 'magenta', 'cyan'] as const;
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.constantFrom(...names), hostile)), (parts) => {
        const text = shown(parts.map(([name, said]) => color[name](said)).join(' '));
        assert.equal([...text.matchAll(OUR_SGR)].length, 2 * parts.length);
        assert.doesNotMatch(text.replace(OUR_SGR, ''), CONTROL);
      }),
      { numRuns: 1000 },
    );
  });

  it('stays the same JSON where it is one', () => {
    fc.assert(
      fc.property(fc.jsonValue({ maxDepth: 2 }), hostile, (value, text) => {
        const said = { [text]: text, value };
        const printed = shown(JSON.stringify(said));
        assert.deepEqual(JSON.parse(printed), JSON.parse(JSON.stringify(said)));
        assert.doesNotMatch(printed, CONTROL);
      }),
      { numRuns: 1000 },
    );
  });

  it('changes nothing else, and nothing twice', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), hostile, (plain, text) => {
        if (!CONTROL.test(plain)) assert.equal(shown(plain), plain);
        assert.equal(shown(shown(text)), shown(text));
      }),
    );
  });

  it('moves the cursor only where we do', () => {
    assert.equal(shown(ERASE_LINE), '\x1b[1G\x1b[K');
    assert.equal(shown(eraseLines(3)), '\x1b[3A\x1b[1G\x1b[J');
    assert.equal(shown(ERASE_SCREEN), '\x1b[H\x1b[J');
    assert.equal(widthOf(color.red('four')), 4);
  });

  it('is what a stream prints, once', async () => {
    const stream = shownOn(shownOn(new PassThrough()));
    stream.write(`${color.red('x\x1b[2J')}\n`);
    stream.end();
    assert.equal(Buffer.concat(await stream.toArray()).toString(), '\x1b[31mx\x1b[39m\n');
  });
});
