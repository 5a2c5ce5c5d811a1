import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { readRows } from '../screen/rows.ts';
import { screenFromText } from '../screen/screen-from-text.ts';
import { framed, rule } from '../testing/drawing.ts';
import { inputBox } from './input-box.ts';

const boxOf = (...lines: string[]) => inputBox(readRows(screenFromText(lines.join('\n'))));
const inverse = '\x1b[7m \x1b[0m';

describe('an input box by its structure', () => {
  it('is a frame around a prompt, a placeholder or nothing', () => {
    for (const inside of ['> ', '❯ fix the tests', 'Ask anything', '', '● Ask anything, @ for context'])
      assert.equal(boxOf('● Done.', '', ...framed([inside], 60), '  ~/proj')?.shape, 'framed', inside);
  });

  it('is what lies between two lines', () => {
    for (const inside of ['❯', '', inverse, `a draft${inverse}`, '> Type your message or @path'])
      assert.equal(boxOf(' Done.', '', rule(60), inside, rule(60), '~/proj (main)')?.shape, 'ruled', inside);
  });

  it('may have what the agent does in its upper line', () => {
    assert.equal(boxOf(' Done.', '── ⠙ Working ──────────', '', rule(40), '~/proj')?.shape, 'ruled');
  });

  it('is a bar on a base of its own', () => {
    const bar = ['  ┃', '  ┃  Build · Mock', `  ╹${'▀'.repeat(40)}`];
    assert.equal(boxOf('     Done.', '', ...bar, '   ~/proj')?.shape, 'barred');
  });

  it('is a bar above the keys that send what is in it', () => {
    assert.equal(boxOf('done', '', '▌ Find a fault', ' ⏎ send   Ctrl+C quit')?.shape, 'barred');
    assert.equal(boxOf('done', '', '▌ Allow command?', '▌ Yes   No', ''), undefined);
  });

  it('is one while the draft where the cursor is names a key', () => {
    const draft = framed([`pick one, then Enter to select${inverse}`], 60);
    assert.equal(boxOf('done', '', ...draft, '  ctrl+c to exit | enter to send')?.shape, 'framed');
  });

  it('may have a status line of the user below it, whatever it says, while it is empty', () => {
    assert.equal(boxOf(rule(40), '❯', rule(40), '  ✻ Churning… (3s)', '  mode on')?.first, 0);
    assert.equal(boxOf(rule(40), '❯ tidy up', rule(40), '', '✦ It is tidy.'), undefined);
  });

  it('is not the command that a dialog shows between two lines', () => {
    const command = [rule(40, '╌'), ' \x1b[2mtouch a\x1b[0m', rule(40, '╌')];
    assert.equal(
      boxOf(...command, ' Do you want to proceed?', ' ❯ No', '   Yes', '', ' Esc to cancel'),
      undefined,
    );
  });

  it('is not what stands above a menu in a frame', () => {
    const menu = framed(['Which model?', '● 1. Keep trying', '  2. Stop'], 60);
    assert.equal(boxOf('▄'.repeat(40), ' > tidy up', '▀'.repeat(40), '', ...menu), undefined);
  });

  it('is a bare prompt at the bottom, with its draft and a status below it', () => {
    assert.equal(boxOf('ready', '> ')?.shape, 'bare');
    assert.deepEqual(boxOf('• Done.', '', '› one', '  two', '', '  mock · ~/proj'), {
      shape: 'bare',
      first: 2,
      last: 3,
    });
  });

  it('is not what a task of ours quotes, of which more is below', () => {
    const task = [
      'Go on with the work',
      '',
      '> agent ready for work',
      '> Working on it...',
      '',
      'Only read the files',
    ];
    const shown = task.map((line, at) => (at === 0 ? `> ${line}` : `  ${line}`));
    const read = (...lines: string[]) =>
      inputBox(readRows(screenFromText(lines.join('\n')), task.join('\n')));
    assert.equal(read(...shown), undefined);
    assert.equal(read(...shown, 'Working on it...'), undefined);
    assert.equal(read('ready', '> Go on with the work', '  Only read the files', '')?.shape, 'bare');
  });

  it('is not the echo of a message that the agent answers', () => {
    assert.equal(boxOf('> tidy up', 'Working...'), undefined);
    assert.equal(boxOf(rule(40), ' > tidy up', rule(40), '✦ I will do it.'), undefined);
    assert.equal(boxOf('› tidy up', '', '• Done.'), undefined);
  });

  it('is not a dialog, whichever way it is drawn', () => {
    const menu = ['Run this command?', '', '● 1. Allow once', '  2. No'];
    assert.equal(boxOf(...framed(menu, 60)), undefined);
    assert.equal(
      boxOf(rule(60), '❯ 1. Yes', '  2. No', rule(60), 'Enter to confirm · Esc to cancel'),
      undefined,
    );
    assert.equal(boxOf('❯ Yes, go on', '  No', '', 'Enter to confirm · Esc to go back'), undefined);
    assert.equal(boxOf('  ┃  1. One', '  ┃  2. Two', '  ┃  ↑↓ select  enter submit  esc dismiss'), undefined);
    assert.equal(
      boxOf(rule(60), 'Name of the table', rule(30), '❯', rule(30), 'enter accept · esc cancel', rule(60)),
      undefined,
    );
  });

  it('is not a banner, nor a paragraph between lines', () => {
    assert.equal(
      boxOf(...framed(['>_ An Agent (v1.2.3)', 'model: mock'], 50), '', 'Tip: be brief.'),
      undefined,
    );
    assert.equal(boxOf(rule(40), 'The summary of the work is here.', rule(40)), undefined);
  });

  it('stays where it is whatever its width and however many rows are above it', () => {
    fc.assert(
      fc.property(fc.integer({ min: 20, max: 200 }), fc.nat(40), (cols, above) => {
        const rows = [...Array<string>(above).fill(''), ' Done.', '', rule(cols), '', rule(cols), '~/proj'];
        assert.deepEqual(boxOf(...rows), { shape: 'ruled', first: above + 2, last: above + 4 });
      }),
    );
  });
});

describe('the cursor of the terminal', () => {
  const boxWith = (cursor: number | null, ...lines: string[]) => {
    const screen = screenFromText(lines.join('\n'));
    const shown = cursor === null ? {} : { cursor: { row: cursor, col: 2 }, isCursorShown: true };
    return inputBox(readRows({ ...screen, ...shown }));
  };
  const rows = [
    'Done.',
    '────────',
    'draft of a sentence',
    'with four rows',
    'of text, without any',
    'sign',
    '────────',
  ];

  it('makes what is between two lines the input, whatever is written there', () => {
    assert.equal(boxWith(null, ...rows), undefined);
    assert.deepEqual(boxWith(3, ...rows), { shape: 'ruled', first: 1, last: 6 });
  });

  it('makes no menu an input', () => {
    assert.equal(boxWith(2, '────────', '❯ 1. Yes', '  2. No', '────────'), undefined);
  });
});
