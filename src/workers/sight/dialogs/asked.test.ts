import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { packagedRules } from '../../../agents/testing/rules.ts';
import { classify } from '../../../terminal/detection/classify.ts';
import { readRows } from '../../../terminal/detection/screen/rows.ts';
import { screenFromText } from '../../../terminal/detection/screen/screen-from-text.ts';
import { askedOn, offeredWords } from './asked.ts';

const asked = (text: string, provider = 'claude-code', typed = '') => {
  const screen = screenFromText(text);
  return askedOn(classify(screen, packagedRules(provider), { echo: typed }), readRows(screen, typed));
};

const line = '─'.repeat(78);
const approval = (command: readonly string[], options: readonly string[]) =>
  [
    '● I will look.',
    '',
    line,
    ' Bash command',
    '',
    ...command.map((row) => `   ${row}`),
    '',
    ' Do you want to proceed?',
    ...options.map((option, index) => ` ${index === 0 ? '❯' : ' '} ${index + 1}. ${option}`),
    '',
    ' Esc to cancel · Tab to amend',
  ].join('\n');

describe('what a screen asks', () => {
  it('shows the command of an approval, its question and its choices, and nothing above its frame', () => {
    const found = asked(approval(['rm -r build', 'Remove the old build'], ['Yes', 'Yes, always', 'No']));
    assert.deepEqual(found?.lines, [
      'Bash command',
      '',
      '  rm -r build',
      '  Remove the old build',
      '',
      'Do you want to proceed?',
    ]);
    assert.deepEqual(
      found?.choices.map(({ label }) => label),
      ['Yes', 'Yes, always', 'No'],
    );
    assert.equal(found?.isAboutMoney, false);
  });

  it('shows any command and any options as they are drawn, even where the command quotes the options', () => {
    const word = fc.stringMatching(/^[a-z][a-z0-9./-]{0,12}$/);
    const words = fc.array(word, { minLength: 1, maxLength: 5 }).map((list) => list.join(' '));
    const labels = fc.uniqueArray(words, { minLength: 1, maxLength: 4 });
    fc.assert(
      fc.property(words, labels, fc.boolean(), (command, others, isQuoted) => {
        const options = ['Yes', ...others.map((label) => `Yes, and ${label}`), 'No'];
        const quoted = isQuoted ? options.map((option, index) => `${index + 1}. ${option}`) : [];
        const found = asked(approval([command, ...quoted], options));
        assert.deepEqual(
          found?.choices.map(({ label }) => label),
          options,
        );
        const lines = found?.lines.map((row) => row.trim()) ?? [];
        assert.ok(lines.includes(command), `${command} in ${JSON.stringify(lines)}`);
        assert.deepEqual(
          lines.filter((row) => quoted.includes(row)),
          quoted,
        );
        assert.equal(lines.at(-1), 'Do you want to proceed?');
      }),
      { numRuns: 60 },
    );
  });

  it('shows a question in prose without the task that was typed', () => {
    const task = 'Look for the parser and tell me where it reads the clock';
    const screen = ['fake ready', `> ${task}`, '', 'Working...', 'QUESTION: Which of the two first?'].join(
      '\n',
    );
    assert.deepEqual(asked(screen, 'fake-question', task)?.lines, [
      'Working...',
      'QUESTION: Which of the two first?',
    ]);
  });

  it('shows nothing of a worker that works or has finished', () => {
    assert.equal(asked('● Done.\n\n❯ '), null);
  });
});

describe('the words that an approval in prose offers', () => {
  it('reads the common ways of writing them, and nothing else', () => {
    assert.deepEqual(offeredWords('Run it? [y/N]'), ['y', 'n']);
    assert.deepEqual(offeredWords('Continue (yes/no)?'), ['yes', 'no']);
    assert.deepEqual(offeredWords('Allow? [Y / n / a]'), ['y', 'n', 'a']);
    assert.deepEqual(offeredWords('Edit (src/total)?'), []);
    assert.deepEqual(offeredWords('Which one?'), []);
  });
});
