import fc from 'fast-check';

const [FIRST_SURROGATE, SURROGATES] = [0xd800, 0x800];

/**
 * Any character of Unicode, for `fc.string({ unit: anyCharacter })`. The unit 'binary' of fast-check draws the same, but
 * tables all of them in each process that asks for it, which takes longer than most of the tests that do.
 */
export const anyCharacter = fc.integer({ min: 0, max: 0x10ffff - SURROGATES }).map(
  (index) => String.fromCodePoint(index < FIRST_SURROGATE ? index : index + SURROGATES),
  (text) => {
    const code = typeof text === 'string' && [...text].length === 1 ? text.codePointAt(0) : undefined;
    if (code === undefined) throw new Error('not one character');
    return code < FIRST_SURROGATE ? code : code - SURROGATES;
  },
);
