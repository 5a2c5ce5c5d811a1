import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { FormChoice } from '../../../terminal/detection/classification-schema.ts';
import { readDialog } from '../../../terminal/detection/dialogs/choices.ts';
import { readRows } from '../../../terminal/detection/screen/rows.ts';
import { screenFromText } from '../../../terminal/detection/screen/screen-from-text.ts';
import { type Dialog, findChoice, isFree, leavesPlanMode, stepTowards } from './dialog.ts';

const labels = ['Yes', "Yes, and don't ask again for ls", 'No, and tell Codex what to do differently (esc)'];
const dialog = (kind: Dialog['kind'], ...rows: string[]): Dialog => {
  const { question = null, form } = readDialog(readRows(screenFromText(rows.join('\n'))));
  return form ? { ...form, kind, name: null, question } : assert.fail('no dialog');
};
const below = (selected: number): Dialog =>
  dialog(
    'approval',
    'Run it?',
    '',
    ...labels.map((label, index) => `${index + 1 === selected ? '❯' : ' '} ${index + 1}. ${label}`),
  );
const menu = (selected: number): FormChoice[] => below(selected).choices;
const one = (number: number): FormChoice => menu(1)[number - 1] ?? assert.fail();

describe('a choice', () => {
  const named = (words: string) => findChoice(menu(1), words)?.number ?? null;

  it('is named by its number, its label, the beginning of it, or words that only it has', () => {
    assert.equal(named('2'), 2);
    assert.equal(named('yes'), 1);
    assert.equal(named('No'), 3);
    assert.equal(named("don't ask again"), 2);
  });

  it('is not guessed if none or several match', () => {
    assert.equal(named('4'), null);
    assert.equal(named(''), null);
    assert.equal(named('and'), null);
    assert.equal(named('N'), null);
  });
});

describe('the way to a choice', () => {
  it('goes down and up a menu, and ends at the choice', () => {
    assert.equal(stepTowards(below(1), one(3)), 'Down');
    assert.equal(stepTowards(below(3), one(2)), 'Up');
    assert.equal(stepTowards(below(2), one(2)), null);
  });

  it('goes right and left along buttons', () => {
    const buttons = (selected: number) =>
      dialog(
        'approval',
        'Run it?',
        ['Allow once', 'Allow always', 'Reject']
          .map((label, at) => (at + 1 === selected ? `\x1b[48;5;3m${label}\x1b[0m` : label))
          .join('   '),
      );
    const [first = assert.fail(), , last = assert.fail()] = buttons(1).choices;
    assert.equal(stepTowards(buttons(1), last), 'Right');
    assert.equal(stepTowards(buttons(3), first), 'Left');
  });

  it('goes down although a row elsewhere names both choices', () => {
    const asked = dialog(
      'question',
      '● SQLite is a file, Postgres a server: SQLite or Postgres?',
      '',
      'Which database?',
      '❯ 1. SQLite',
      '  2. Postgres',
    );
    assert.equal(stepTowards(asked, asked.choices[1] ?? assert.fail()), 'Down');
  });

  it('is unknown if there is no pointer', () => {
    assert.equal(stepTowards(below(0), one(1)), null);
  });
});

describe('an offer to pay', () => {
  const free = (label: string) => isFree({ label });

  it('can be declined, and waited out', () => {
    for (const label of [
      'Stop and wait for limit to reset',
      'Wait here, then continue automatically at Dec 1, 7:16pm',
      'No',
      'No, keep my current plan',
      'Cancel',
      'Not now',
    ])
      assert.equal(free(label), true, label);
  });

  it('is never accepted', () => {
    for (const label of [
      'Yes',
      'Upgrade your plan',
      'Switch to extra usage',
      'Continue with usage credits',
      'Stop waiting and use extra credits',
      'Wait no longer: upgrade now',
      'Nothing beats Max: buy it',
      'Now using credits',
    ])
      assert.equal(free(label), false, label);
  });
});

describe('a plan that waits for a yes', () => {
  const asked = (question: string, ...choices: string[]) => {
    const rows = choices.map((label, at) => `${at === 0 ? '❯' : ' '} ${at + 1}. ${label}`);
    const plan = dialog('approval', question, '', ...rows);
    return plan.choices.map((choice) => leavesPlanMode(plan, choice));
  };

  it('leaves the plan mode by any choice but those that keep it', () => {
    assert.deepEqual(asked('Exit plan mode?', 'Yes, and switch to default', 'No'), [true, false]);
    assert.deepEqual(
      asked(
        'Would you like to proceed?',
        'Yes, and auto-accept edits',
        'Yes, and manually approve edits',
        'No, keep planning',
      ),
      [true, true, false],
    );
    assert.deepEqual(asked('Implement this plan?', 'Yes, implement this plan', 'No, stay in Plan mode'), [
      true,
      false,
    ]);
  });

  it('is not any other approval', () => {
    assert.deepEqual(asked('Do you want to run npm test?', 'Yes', 'No'), [false, false]);
  });
});
