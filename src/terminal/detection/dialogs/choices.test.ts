import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { readRows } from '../screen/rows.ts';
import { screenFromText } from '../screen/screen-from-text.ts';
import { readDialog } from './choices.ts';

const dialog = (...lines: string[]) => readDialog(readRows(screenFromText(lines.join('\n'))));

describe('a dialog', () => {
  it('returns its numbered choices, the selected one and its question', () => {
    const { question, choices } = dialog(
      '● Notes: 1. one',
      ' Do you want to proceed?',
      '   1. Yes',
      ' ❯ 2. No, and tell',
      '      it what to do',
    );
    assert.equal(question, 'Do you want to proceed?');
    assert.deepEqual(choices, [
      { number: 1, label: 'Yes', selected: false },
      { number: 2, label: 'No, and tell', selected: true },
    ]);
  });

  it('numbers choices that have no numbers from the top', () => {
    const { choices } = dialog('Trust it?', '', '   Yes', ' ❯ No, exit', '', ' Enter to confirm');
    assert.deepEqual(choices, [
      { number: 1, label: 'Yes', selected: false },
      { number: 2, label: 'No, exit', selected: true },
    ]);
  });

  it('includes radio buttons', () => {
    const { choices } = dialog('  ┃  rm a', '  ┃  1 (○) Yes, proceed', '  ┃  2 (●) No, reject');
    assert.deepEqual(
      choices.map((choice) => choice.selected),
      [false, true],
    );
  });

  it('includes buttons side by side, selected by their background', () => {
    const { choices } = dialog(
      '  ┃  △ Permission required',
      '  ┃   Allow once   \x1b[48;5;3mAllow always\x1b[0m   Reject     enter confirm',
    );
    assert.deepEqual(choices, [
      { number: 1, label: 'Allow once', selected: false },
      { number: 2, label: 'Allow always', selected: true },
      { number: 3, label: 'Reject', selected: false },
    ]);
  });

  it('is the menu with the pointer, not a numbered list beside it', () => {
    const { choices } = dialog(
      'Pick a theme?',
      ' ❯ 1. Dark',
      '   2. Light',
      '',
      ' 1  function a() {',
      ' 2  }',
    );
    assert.deepEqual(
      choices.map((choice) => choice.label),
      ['Dark', 'Light'],
    );
  });

  it('may have blank rows between its choices, and what is said of them in dim rows', () => {
    const labels = (...lines: string[]) =>
      readDialog(readRows(screenFromText(lines.join('\n')))).form?.choices.map(
        ({ label, description, selected }) => [label, description, selected],
      );
    const keys = 'Enter to select · Esc to cancel';
    assert.deepEqual(labels('Which?', '', '  a', '', '❯ b', '', '  c', '', keys), [
      ['a', null, false],
      ['b', null, true],
      ['c', null, false],
    ]);
    const dim = (words: string) => `     \x1b[2m${words}\x1b[0m`;
    assert.deepEqual(
      labels('Trust?', '', ' ~/proj', '', '   ❯ Trust', dim('Runs it.'), '', '     No', dim('Leaves.')),
      [
        ['Trust', 'Runs it.', true],
        ['No', 'Leaves.', false],
      ],
    );
    assert.equal(labels('› a draft', '', '  mock · ~/proj'), undefined);
  });

  it('may show its numbers in brackets', () => {
    const { choices } = dialog('Which?', '  → [1] one', '    [2] two');
    assert.deepEqual(
      choices.map(({ label }) => label),
      ['one', 'two'],
    );
  });

  it('ignores the echo of what was typed at a prompt', () => {
    assert.deepEqual(dialog('> one', '', 'QUESTION: And which currency?').choices, []);
  });

  it('has no choices when the text has none', () => {
    assert.deepEqual(dialog('just words').choices, []);
  });
});
