import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { dialogKind } from '../dialogs/dialog.ts';
import { readRows } from '../screen/rows.ts';
import { screenFromText } from '../screen/screen-from-text.ts';
import { isActivity } from './activity.ts';
import { blocksOf } from './blocks.ts';
import { hintsOf } from './hints.ts';
import { afterUsersMessage } from './users-message.ts';

const rowsOf = (...lines: string[]) => readRows(screenFromText(lines.join('\n')));
const hints = (line: string) => rowsOf(line).flatMap((row) => [...hintsOf(row)]);
const acts = (line: string) => rowsOf(line).some(isActivity);
const kindOf = (...lines: string[]) => dialogKind(rowsOf(...lines), 120);

describe('the hint of a key', () => {
  it('stops a turn in whatever words, case and order', () => {
    for (const line of [
      'esc to interrupt',
      '⏸ manual mode on · esc to interrupt · ← for agents',
      '◉ Working · 42 B esc esc interrupt',
      'ESC: Stop',
      'Stop: Ctrl+C',
      'Press Ctrl-C to stop',
      '^C to abort',
      '⎋ interrupt',
      'cancel [esc]',
    ])
      assert.ok(hints(line).includes('stop'), line);
  });

  it('is no part of a status line, and no words of prose', () => {
    for (const line of [
      'esc to interrupt? no  ┃ 2 commits ahead',
      'the esc to interrupt hint is gone now, I think',
      'esc to go back',
      'enter to send',
    ])
      assert.ok(!hints(line).includes('stop'), line);
  });

  it('takes or closes a dialog', () => {
    assert.deepEqual(hints('↑/↓: Navigate | Enter: Select | Esc: Cancel').toSorted(), [
      'close',
      'stop',
      'take',
    ]);
    assert.deepEqual(hints('t trust all · esc close').toSorted(), ['close', 'take']);
    assert.deepEqual(hints('⏎ confirm'), ['take']);
    assert.deepEqual(hints('Press Enter to open, any other key to close').toSorted(), ['close', 'take']);
  });
});

describe('a row that shows activity', () => {
  it('has a sign that turns, or a timer behind what is done', () => {
    for (const line of [
      ' ⠼ Thinking... (esc to cancel, 1m)',
      '✶ Improvising… (3m 48s · ↑ 1.0k tokens)',
      '• Working (0s • esc to interrupt)',
      ' ⠀⠀⠀  ( 12s • esc to interrupt )',
      ' 🌔 · Tip: use /help',
      '⣻  Generating...',
      '(  ●   )  Thinking.',
      '░█        Waiting for the model',
      '✻ Waiting for 2 background agents to finish',
      'Thinking…',
    ])
      assert.ok(acts(line), line);
  });

  it('is not the end of a turn, a message or the hint of a dialog', () => {
    for (const line of [
      '✻ Brewed for 60s · done 5:39 PM',
      '● Running the tests is next.',
      '● Working on it was fun.',
      'Worked for 3s',
      'Enter to confirm · Esc to cancel',
      '- Adding tests took 3s',
      'It prints Working... then (esc to cancel, 3s).',
      '(●) Thinking',
    ])
      assert.ok(!acts(line), line);
  });
});

describe('an open dialog', () => {
  it('waits for a decision where its choices consent and refuse', () => {
    assert.equal(kindOf('Run it?', '❯ 1. Yes', '  2. No', '', 'Esc to cancel'), 'approval');
    assert.equal(
      kindOf('Run this command?', '▶ 1. Approve once', '  2. Reject', '↑/↓ select · ↵ confirm'),
      'approval',
    );
    assert.equal(kindOf('Run it?', '> Continue', '  No, and tell it what to do', ''), 'approval');
  });

  it('asks a question where its choices are answers', () => {
    assert.equal(
      kindOf(
        'Which database?',
        '❯ 1. SQLite',
        '  2. Postgres',
        '  3. Type something.',
        '',
        'Enter to select',
      ),
      'question',
    );
    assert.equal(
      kindOf('Which one?', '● 1. One', '  2. Two', '', 'Enter to select · Esc to cancel'),
      'question',
    );
    assert.equal(
      kindOf(
        'Which one?',
        '❯ a',
        '',
        '  b',
        '',
        '  Type a custom answer…',
        '',
        'Enter to select · Esc to cancel',
      ),
      'question',
    );
  });

  it('asks a question where words of your own are one of the choices', () => {
    assert.equal(kindOf('Which one?', '', ' > a', '   b', '   Type a response...', '', ' mock'), 'question');
    assert.equal(kindOf('Which one?', '', ' > a', '   b', '   c', '', ' mock'), undefined);
    assert.equal(kindOf('Which one?', '', '● a', '○ b'), 'question');
    assert.equal(kindOf('The plan:', '', '● what is done', '○ what is to do'), undefined);
  });

  it('is none where a list is only said', () => {
    assert.equal(kindOf('I can do this:', '1. Yes, the first', '2. No, the second'), undefined);
    assert.equal(kindOf('Done.'), undefined);
  });
});

describe('the blocks of a turn', () => {
  const blocks = (...lines: string[]) =>
    blocksOf(rowsOf(...lines), () => false).map(({ text, failed }) => [text, failed]);

  it('begin at a blank row or at a sign, and say whether they failed', () => {
    assert.deepEqual(
      blocks('● One', '  more', '  ⎿  Two', '', '■ Three', 'Error: four', '✦ Error codes are fine'),
      [
        ['One more', false],
        ['Two', false],
        ['Three', true],
        ['Error: four', true],
        ['Error codes are fine', true],
      ],
    );
  });

  it('leave out notes, places and notices at the right', () => {
    assert.deepEqual(blocks('✕ Failed', 'ℹ See the log', '', ' ~/proj [main]', `${' '.repeat(60)}a notice`), [
      ['Failed', true],
    ]);
  });
});

describe('the blocks of a message', () => {
  const blocks = (...lines: string[]) =>
    blocksOf(rowsOf(...lines), () => false).map(({ text, failed }) => [text, failed]);

  it('do not begin with the name of its author, which is bold or coloured', () => {
    assert.deepEqual(blocks('    \x1b[1mcodex\x1b[0m', '    Error: no route'), [['Error: no route', true]]);
    assert.deepEqual(blocks('codex', 'and more'), [['codex and more', false]]);
  });

  it('do not fail for a word that a narrow pane wraps into their next row', () => {
    assert.deepEqual(
      blocks('● The log has the words connection refused and an', '  Error 500 as well. Both are fixed.'),
      [['The log has the words connection refused and an Error 500 as well. Both are fixed.', false]],
    );
  });

  it('do not fail where an agent reports of an error in several sentences', () => {
    const failed = (text: string) => blocks(text).at(0)?.at(1);
    assert.equal(failed('● Error: connection refused was in the log. Both are fixed now.'), false);
    assert.equal(failed('● Error: 500 Internal server error'), true);
    assert.equal(failed('● Error: the server refused it. Please try again.'), true);
    assert.equal(failed('Error: the server refused it. It may be down.'), true);
    assert.equal(failed('⏺ Sorry, I encountered an error: API error: 401 The key is wrong.'), true);
  });

  it('fail where they are red, not where they are orange', () => {
    const drawn = (colour: string) => blocks(`\x1b[38;2;${colour}mno more billing\x1b[0m`).at(0)?.at(1);
    assert.equal(drawn('255;107;128'), true);
    assert.equal(drawn('215;119;87'), false);
  });
});

describe("what follows the user's message", () => {
  const after = (...lines: string[]) => afterUsersMessage(rowsOf(...lines), []).map(({ raw }) => raw.trim());

  it('is what is below a bar or a background, however the agent draws its own output', () => {
    assert.deepEqual(after('  ┃  do it', '  ┃', 'done'), ['done']);
    assert.deepEqual(after('before', `\x1b[48;5;236m do it${' '.repeat(30)}\x1b[0m`, 'done'), ['done']);
    assert.deepEqual(after('  ┃  do it', '', '  ┃  $ ls', '  ┃  a.txt', 'done').at(1), '┃  $ ls');
    assert.deepEqual(after('user', 'do it', 'at once', '', 'agent', 'done').filter(Boolean), [
      'agent',
      'done',
    ]);
    assert.deepEqual(after('You:', '┃ do it', '', 'mock:', '┃ I did', 'end').at(-1), 'end');
    assert.equal(after('You:', '┃ do it', '', 'mock:', '┃ I did', 'end').includes('┃ I did'), true);
    // Directly below the text of an agent, only a name that is bold or coloured is one.
    assert.deepEqual(after('failed', '\x1b[1muser\x1b[0m', 'do it', '', 'done').filter(Boolean), ['done']);
    assert.equal(after('it is up to the', 'user', '', 'done').includes('it is up to the'), true);
  });
});
