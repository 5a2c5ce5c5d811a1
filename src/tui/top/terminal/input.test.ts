import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { anyCharacter } from '../../../lib/testing/any-character.ts';
import { type Input, InputReader, isLight, key } from './input.ts';

const read = (text: string): Input[] => new InputReader().read(text);

describe('what a terminal sends', () => {
  const inputs: readonly [sent: string, means: Input][] = [
    ['j', key('char', { text: 'j' })],
    ['日', key('char', { text: '日' })],
    ['\r', key('enter')],
    ['\n', key('enter', { ctrl: true })],
    ['\x1b\r', key('enter', { alt: true })],
    ['\x7f', key('backspace')],
    ['\x03', key('char', { text: 'c', ctrl: true })],
    ['\x1b[A', key('up')],
    ['\x1bOB', key('down')],
    ['\x1b[1;5C', key('right', { ctrl: true })],
    ['\x1b[5~', key('pageup')],
    ['\x1b[Z', key('tab', { shift: true })],
    ['\x1bf', key('char', { text: 'f', alt: true })],
    ['\x1b[<0;5;3M', { kind: 'mouse', action: 'press', column: 4, row: 2 }],
    ['\x1b[<0;5;3m', { kind: 'mouse', action: 'release', column: 4, row: 2 }],
    ['\x1b[<64;1;1M', { kind: 'mouse', action: 'wheel-up', column: 0, row: 0 }],
    ['\x1b[<65;1;1M', { kind: 'mouse', action: 'wheel-down', column: 0, row: 0 }],
    ['\x1b[200~two\r\nlines\x1b[201~', { kind: 'paste', text: 'two\nlines' }],
    ['\x1b]11;rgb:ffff/0000/8080\x1b\\', { kind: 'background', red: 1, green: 0, blue: 0x8080 / 0xffff }],
    ['\x1b]11;rgb:ff/ff/ff\x07', { kind: 'background', red: 1, green: 1, blue: 1 }],
    ['\x1b[?62;22c', { kind: 'attributes' }],
  ];

  for (const [sent, means] of inputs)
    it(`is understood: ${JSON.stringify(sent)}`, () => assert.deepEqual(read(sent), [means]));

  it('may arrive in any parts', () => {
    const whole = inputs.map(([sent]) => sent).join('');
    const means = inputs.map(([, input]) => input);
    fc.assert(
      fc.property(fc.array(fc.nat(whole.length), { maxLength: 20 }), (places) => {
        const reader = new InputReader();
        const cuts = [0, ...places.sort((a, b) => a - b), whole.length];
        const got = cuts.flatMap((at, index) =>
          reader.read(whole.slice(at, cuts[index + 1] ?? whole.length)),
        );
        assert.deepEqual(got, means);
      }),
    );
  });

  it('is never waited for without an end, and never throws', () =>
    fc.assert(
      fc.property(fc.array(fc.string({ unit: anyCharacter })), (parts) => {
        const reader = new InputReader();
        for (const part of parts) reader.read(part);
        reader.flush();
        reader.read('\x1b[201~');
        reader.flush();
        assert.equal(reader.isUnfinished, false);
        assert.deepEqual(reader.read('j').at(-1), key('char', { text: 'j' }));
      }),
    ));

  it('has an Escape key, which is a lone ESC that nothing follows', () => {
    const reader = new InputReader();
    assert.deepEqual(reader.read('\x1b'), []);
    assert.equal(reader.isUnfinished, true);
    assert.deepEqual(reader.flush(), [key('escape')]);
  });

  it('has buttons that belong to the terminal', () => assert.deepEqual(read('\x1b[<2;5;3M'), []));
});

describe('a background', () => {
  it('is light or dark by its luminance', () => {
    const colour = (red: number, green: number, blue: number) =>
      isLight({ kind: 'background', red, green, blue });
    assert.equal(colour(1, 1, 1), true);
    assert.equal(colour(0.99, 0.96, 0.89), true);
    assert.equal(colour(0, 0, 1), false);
    assert.equal(colour(0.1, 0.1, 0.12), false);
  });
});
