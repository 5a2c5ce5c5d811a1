import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { readRows } from '../screen/rows.ts';
import { screenFromText } from '../screen/screen-from-text.ts';
import { readDialog } from './choices.ts';

const read = (...rows: string[]) => readDialog(readRows(screenFromText(rows.join('\n'))));
const taken = (...rows: string[]) => {
  const { form } = read(...rows);
  return form?.choices.map(({ label }, at) => [form.keys.choices[at], label]);
};

describe('a menu of letters', () => {
  it('is a row of them, with a status below it', () => {
    const { question, form } = read(
      ' Approve tool call?',
      '',
      ' $ make',
      '',
      '  [y] Approve   [n] Deny',
      '',
      ' proj (main)',
    );
    assert.equal(question, 'Approve tool call?');
    assert.deepEqual(form?.keys.choices, ['y', 'n']);
    assert.deepEqual(
      form?.choices.map(({ number, label, selected }) => [number, label, selected]),
      [
        [1, 'Approve', false],
        [2, 'Deny', false],
      ],
    );
  });

  it('may have its letters in its words, behind a question', () => {
    const keys = [
      ['y', 'Yes'],
      ['n', 'No'],
      ['a', 'Always'],
    ];
    assert.deepEqual(taken('Run it? [Y]es [N]o [A]lways'), keys);
    assert.deepEqual(taken('Run it?', '(y)es / (n)o / (a)lways:'), [
      ['y', 'yes'],
      ['n', 'no'],
      ['a', 'always'],
    ]);
    assert.deepEqual(taken('Run it?', '', '  y) Yes', '  n) No', '  a) Always'), [keys[0], keys[1], keys[2]]);
  });

  it('has capitals of its own only beside the small letters', () => {
    assert.deepEqual(
      taken('[a] Allow  [A] Always  [d] Deny')?.map(([key]) => key),
      ['a', 'A', 'd'],
    );
    assert.deepEqual(
      taken('[A] Allow  [D] Deny')?.map(([key]) => key),
      ['a', 'd'],
    );
  });

  it('decides: neither the keys of a footer nor a list nor code is one', () => {
    assert.equal(taken('[q] Quit   [h] Help'), undefined);
    assert.equal(taken('The answers:', 'a) Postgres', 'b) SQLite'), undefined);
    assert.equal(taken('if (a) yes(b); else no(c)'), undefined);
    assert.equal(taken('[y] Yes   [y] No'), undefined);
  });

  it('gives way to a menu that shows its pointer', () => {
    assert.deepEqual(taken('[y] Yes  [n] No', '❯ 1. Yes', '  2. No'), [
      ['1', 'Yes'],
      ['2', 'No'],
    ]);
  });

  it('may be the last choice below numbers', () => {
    const { form } = read(
      '  ┃  Which?',
      '  ┃',
      '  ┃  1 (○) one',
      '  ┃  2 (○) two',
      '  ┃  z (○) Type your answer here',
      '  ┃',
    );
    assert.deepEqual(form?.keys.choices, ['1', '2', 'z']);
    assert.deepEqual([form?.choices[2]?.number, form?.choices[2]?.kind], [3, 'text']);
  });
});

describe('a key of a choice', () => {
  const word = fc.stringMatching(/^[A-Z][a-z]{2,8}$/);
  const letters = fc.uniqueArray(fc.constantFrom(...'bcefghijklmopqrstuvwxz'), {
    minLength: 0,
    maxLength: 4,
  });

  it('is always one that the screen shows, and no two choices share one', () => {
    fc.assert(
      fc.property(
        letters,
        fc.array(word, { minLength: 4, maxLength: 4 }),
        fc.boolean(),
        (more, words, isRow) => {
          const items = [['y', 'Yes'], ['n', 'No'], ...more.map((letter, at) => [letter, words[at]])];
          const rows = isRow
            ? [items.map(([letter, label]) => `[${letter}] ${label}`).join('   ')]
            : items.map(([letter, label]) => `  ${letter}) ${label}`);
          assert.deepEqual(taken('Run it?', '', ...rows), items);
        },
      ),
    );
  });

  it('is never made up of any rows', () => {
    fc.assert(
      fc.property(fc.array(fc.stringMatching(/^[[\]()yYnN\d. )❯a-c]{0,24}$/), { maxLength: 8 }), (rows) => {
        const { form } = read(...rows);
        const shown = rows.join('\n').toLowerCase();
        for (const key of form?.keys.choices ?? [])
          assert.ok(key === null || shown.includes(key.toLowerCase()));
        assert.equal(form?.keys.choices.length ?? 0, form?.choices.length ?? 0);
      }),
    );
  });
});
