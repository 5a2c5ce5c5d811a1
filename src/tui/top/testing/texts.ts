import fc from 'fast-check';
import { anyCharacter } from '../../../lib/testing/any-character.ts';

/** Texts that try to break a frame: controls, escape sequences, wide, joined, reordering and invisible characters. */
export const hostileText: fc.Arbitrary<string> = fc
  .array(
    fc.oneof(
      fc.constantFrom(
        'a',
        'Fix the parser',
        ' ',
        '\t',
        '\n',
        '\r',
        '\x1b[2J',
        '\x1b[31m',
        '\x1b]0;owned\x07',
        '\x1b',
        '\x9b31m',
        '\u202e',
        '\u200b',
        '\u200d',
        '日本語',
        '한글',
        'é',
        'e\u0301\u0302\u0303',
        '\u0301',
        '👩‍👩‍👧‍👦',
        '👍🏽',
        '🇩🇪',
        '🇩',
        '❤️',
        'שלום',
        'العربية',
        'नमस्ते',
        'ไทย',
        '│',
        '█',
        '…',
        '\ud800',
        '\u2028',
      ),
      fc.string({ unit: anyCharacter, maxLength: 4 }),
    ),
    { maxLength: 12 },
  )
  .map((parts) => parts.join(''));
