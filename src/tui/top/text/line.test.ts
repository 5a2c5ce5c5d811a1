import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { hostileText } from '../testing/texts.ts';
import { clean } from './clean.ts';
import { cut, fit, over, span, textOf, widthOf, widthOfLine, without, wrapped, wrappedLine } from './line.ts';

const aLine = fc.array(hostileText, { maxLength: 4 }).map((texts) => texts.map((text) => span(text)));
const aWidth = fc.integer({ min: 0, max: 60 });

describe('a text from anywhere', () => {
  it('has no control character and nothing invisible, and is the same when it is cleaned again', () =>
    fc.assert(
      fc.property(hostileText, (text) => {
        const shown = clean(text);
        assert.doesNotMatch(shown, /[\x00-\x1f\x7f-\x9f\u2028\u2029\u200b-\u200f\u202a-\u202e\u2066-\u2069]/);
        assert.equal(clean(shown), shown);
      }),
    ));

  it('shows a flag as its letters and a person in her first form, which every terminal draws alike', () => {
    assert.equal(clean('🇩🇪'), 'DE');
    assert.equal(clean('👍🏽 ok'), '👍 ok');
    assert.equal(widthOf(clean('👩‍👩‍👧')), 6);
  });

  it('keeps accents and wide letters', () => {
    assert.equal(clean('Grüße, 日本'), 'Grüße, 日本');
    assert.equal(widthOf('日本'), 4);
    assert.equal(clean('नमस्तेनमस्ते'), 'नमस्तेनमस्ते');
  });
});

describe('a line', () => {
  it('fits its columns exactly, whatever it holds', () =>
    fc.assert(
      fc.property(aLine, aWidth, (spans, width) => {
        assert.equal(widthOfLine(fit(spans, width)), width);
        assert.ok(widthOfLine(cut(spans, width)) <= width);
      }),
    ));

  it('knows the columns of each of its parts', () =>
    fc.assert(
      fc.property(aLine, (spans) => {
        for (const { text, width } of spans) assert.equal(widthOf(text), width);
      }),
    ));

  it('keeps its columns when its beginning is dropped or something is laid over it', () =>
    fc.assert(
      fc.property(aLine, aWidth, aWidth, (spans, from, size) => {
        const whole = fit(spans, 60);
        assert.equal(widthOfLine(without(whole, from)), 60 - from);
        const width = Math.min(size, 60 - from);
        assert.equal(widthOfLine(over(whole, from, fit([span('x')], width))), 60);
      }),
    ));

  it('loses nothing when it is wrapped', () =>
    fc.assert(
      fc.property(aLine, fc.integer({ min: 2, max: 30 }), (spans, width) => {
        const lines = wrappedLine(spans, width);
        assert.ok(lines.every((each) => widthOfLine(each) <= width));
        assert.equal(lines.map(textOf).join(''), textOf(spans));
      }),
    ));
});

describe('wrapped words', () => {
  it('never exceed their columns', () =>
    fc.assert(
      fc.property(hostileText, fc.integer({ min: 2, max: 30 }), (text, width) => {
        for (const each of wrapped(text, width)) assert.ok(widthOfLine(each) <= width, textOf(each));
      }),
    ));

  it('break between words where that is possible', () =>
    assert.deepEqual(wrapped('one two three', 8).map(textOf), ['one two', 'three']));
});
