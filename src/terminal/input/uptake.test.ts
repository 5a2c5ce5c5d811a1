import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import type { InputView } from './input-view.ts';
import { ANY_SCREEN } from './input-view.ts';
import { messagePattern, type PlainScreen } from './submit-view.ts';
import { uptakeOf } from './uptake.ts';

const plain = { pastedPlaceholder: null, queued: null };

/** A box between two lines, with the sign ❯. */
const boxed: InputView = {
  ...ANY_SCREEN,
  boxOf: (rows) => {
    const first = rows.findIndex((row) => row.startsWith('───'));
    const last = rows.findLastIndex((row) => row.startsWith('───'));
    return first < last ? { first, last, framed: true } : null;
  },
};

const screen = (said: readonly string[], typed: string, footer = '? for shortcuts'): PlainScreen => {
  const box = typed.split('\n').map((line, index) => `${index > 0 ? ' ' : '❯'} ${line}`.trimEnd());
  const rows = [...said, '───', ...box, '───', footer];
  return { rows, cursorRow: said.length + box.length };
};
const uptake = (message: string, now: PlainScreen, said: readonly string[] = ['hello']) =>
  uptakeOf(
    messagePattern(message, plain),
    boxed,
    { empty: screen(said, ''), full: screen(said, message) },
    now,
  );

describe('a message in a box, after its submit keys', () => {
  it('is held while the box has it, or a part or another form of it', () => {
    const message = 'look at the parser in src\\';
    for (const typed of [
      message,
      `${message}\n`,
      'look at the parser in src\n',
      'look at the parser in src/a.ts ',
    ])
      assert.equal(uptake(message, screen(['hello'], typed)), 'held', JSON.stringify(typed));
    assert.equal(uptake('one\ntwo', screen(['hello'], 'one\ntwo\n')), 'held');
    assert.equal(uptake('😀', screen(['hello'], '😀')), 'held');
    assert.equal(uptake('???', screen(['hello'], '???')), 'held');
  });

  it('has left an empty box, and is taken up once the conversation shows something new', () => {
    assert.equal(uptake('run it', screen(['hello'], '')), 'left');
    assert.equal(
      uptake('run it', screen(['hello'], '', '12:01 main')),
      'left',
      'a status line changes by itself',
    );
    assert.equal(uptake('run it', screen(['hello', '❯ run it'], '')), 'taken');
    assert.equal(uptake('run it', screen(['hello', '● working'], '')), 'taken');
    assert.equal(
      uptake('hello', screen(['hello', 'hello'], '')),
      'taken',
      'also for words that were shown before',
    );
  });

  it('is never taken for taken up while it stands in the box', () =>
    fc.assert(
      fc.property(
        fc.stringMatching(/^[a-zé漢 ]{1,40}$/u).filter((text) => text.trim() !== ''),
        fc.array(fc.string()),
        (text, said) => {
          const now = screen(
            said.map((row) => row.replace(/[─\n\r]/g, '')),
            text,
          );
          assert.equal(uptake(text, now), 'held');
        },
      ),
    ));
});

describe('a message to a program without a known box, after its submit keys', () => {
  const at = (rows: readonly string[]): PlainScreen => ({ rows, cursorRow: rows.length - 1 });
  const read = (now: PlainScreen) =>
    uptakeOf(
      messagePattern('run it', plain),
      ANY_SCREEN,
      { empty: at(['tool', '>> ']), full: at(['tool', '>> run it']) },
      now,
    );

  it('is taken up only where something new follows: a new line below it may be the input of the program', () => {
    assert.equal(read(at(['tool', '>> run it'])), 'held');
    assert.equal(read(at(['tool', '>> run it', ''])), 'left');
    assert.equal(read(at(['tool', '>> run it', 'it runs'])), 'taken');
    assert.equal(read(at(['tool', '>> run it', '>> '])), 'left');
  });
});

describe('a message with signs that screens show in different ways', () => {
  const shows = (message: string, shown: string) => {
    const { end, shown: reduced } = messagePattern(message, plain);
    return end !== '' && reduced(shown).includes(end);
  };

  it('is recognised by what every screen shows of it', () => {
    for (const [message, shown] of [
      ['well done 👨‍👩‍👧‍👦', '❯ well done 👨‍👩‍👧‍'],
      ['👨‍👩‍👧‍👦', '❯ 👨‍👩‍👧‍'],
      ['thumbs 👍🏽', 'thumbs 👍'],
      ['🏴󠁧󠁢󠁥󠁮󠁧󠁿', '🏴󠁧󠁢'],
      ['I ❤️', 'I ❤'],
      ['cafe\u0301', 'caf\u00e9'],
      ['שלום \u200fעולם', '│ שלום עולם │'],
      ['a\tb', 'a       b'],
      ['???', '> ???'],
      ['🇩🇪', '🇩🇪'],
    ] as const)
      assert.ok(shows(message, shown), message);
  });

  it('is not recognised in another text', () => {
    assert.equal(shows('👍', 'nothing here'), false);
    assert.equal(shows('well done 👍', 'well'), false);
  });
});
