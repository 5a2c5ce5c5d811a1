import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { type Classification, type ClassifyOptions, classify } from '../terminal/detection/classify.ts';
import { screenFromText } from '../terminal/detection/screen/screen-from-text.ts';
import { rule } from '../terminal/detection/testing/drawing.ts';
import { packagedRules } from './testing/rules.ts';

const sets = new Map(
  ['claude-code', 'codex-cli', 'opencode', 'general'].map((name) => [name, packagedRules(name)]),
);

function judged(
  provider: string,
  rows: string[],
  options: ClassifyOptions & { title?: string } = {},
): Classification {
  const rules = sets.get(provider) ?? packagedRules(provider);
  return classify(screenFromText(rows.join('\n'), { title: options.title ?? '' }), rules, options);
}

const box = ['', rule(100), '❯', rule(100), '  ⏵⏵ bypass permissions on (shift+tab to cycle)'];
const spinner = ['✶ Pondering… (12s · ↓ 1.2k tokens)'];

describe('what was misread elsewhere', () => {
  it('a task that ends in a question mark is no question of the worker', () => {
    assert.equal(judged('claude-code', ['❯ can you find out why it fails?', ...box]).label, 'idle');
    assert.equal(
      judged('codex-cli', ['› can you find out why it fails?', '', '› Ask Codex to do anything']).label,
      'idle',
    );
    assert.equal(
      judged('general', ['Is it ready for the next step?', '> '], { echo: 'Is it ready for the next step?' })
        .label,
      'idle',
    );
  });

  it('a long task that wraps and ends in a question mark is none either', () => {
    const rows = [
      '❯ please look into the build and into the',
      '  tests, and then tell me: is it green?',
      '',
      ...spinner,
      ...box,
    ];
    assert.equal(judged('claude-code', rows).label, 'working');
  });

  it('prose about exceptions is no error', () => {
    const rows = [
      '● No exception was raised. The Error: prefix is gone from the log.',
      '',
      '✻ Baked for 3s',
      ...box,
    ];
    assert.equal(judged('claude-code', rows).label, 'idle');
  });

  it('an API error that the agent talks about or that a tool printed is no error', () => {
    const talk = [
      '● The outage printed API Error: 500 (ENOTFOUND) in three panes.',
      '',
      '✻ Baked for 3s',
      ...box,
    ];
    const quoted = [
      '● Bash(logs)',
      '  ⎿  ⏺ API Error: Unable to connect (ENOTFOUND)',
      '',
      '✻ Baked for 3s',
      ...box,
    ];
    assert.equal(judged('claude-code', talk).label, 'idle');
    assert.equal(judged('claude-code', quoted).label, 'idle');
  });

  it('a cache that resets every hour is no limit', () => {
    const { label, warnings } = judged('claude-code', [
      '● The cache resets every hour.',
      '',
      '✻ Baked for 3s',
      ...box,
    ]);
    assert.equal(label, 'idle');
    assert.deepEqual(warnings, []);
  });

  it('a permanent footer about permissions is no approval', () => {
    assert.equal(judged('claude-code', ['● Done.', '✻ Baked for 3s', ...box]).label, 'idle');
  });

  it('a question in the scrollback above a live spinner is work', () => {
    const rows = ['● Would you like to continue?', '', '❯ yes', '', ...spinner, ...box];
    assert.equal(judged('claude-code', rows).label, 'working');
  });

  it('a banner quoted in a code block is nobody’s limit', () => {
    const rows = [
      '● The program prints this:',
      '',
      '    print("You’ve hit your usage limit · resets 3pm")',
      '',
      '✻ Baked for 3s',
      ...box,
    ];
    assert.equal(judged('claude-code', rows).label, 'idle');
  });

  it('a dialog quoted in the answer above the box is no dialog', () => {
    const rows = [
      '● It looks like this:',
      '   Do you want to proceed?',
      '   ❯ 1. Yes',
      '     2. No',
      '   Esc to cancel',
      '',
      '✻ Baked for 3s',
      ...box,
    ];
    assert.equal(judged('claude-code', rows).label, 'idle');
  });

  it('a question that is only quoted is not asked', () => {
    const rows = ['● The dialog now says "Do you want to proceed?"', '', '✻ Baked for 3s', ...box];
    assert.equal(judged('claude-code', rows).label, 'idle');
  });

  it('a retry is work with a warning', () => {
    const rows = ['❯ go on', '', '✻ API Error (529 overloaded) · Retrying in 5s · attempt 1/10', ...box];
    const { label, warnings } = judged('claude-code', rows);
    assert.equal(label, 'working');
    assert.deepEqual(
      warnings.map((warning) => warning.kind),
      ['retrying'],
    );
  });

  it('the resume menu is not at rest', () => {
    const rows = [
      rule(100),
      ' ❯ 1. Resume from summary (recommended)',
      '   2. Resume full session as-is',
      '',
      ' Enter to confirm · Esc to cancel',
    ];
    assert.equal(judged('claude-code', rows).label, 'approval');
  });

  it('typed text that nobody sent is rest, even a numbered list or a question', () => {
    for (const draft of ['❯ what is next?', '❯ 1. read 2. write', '❯ Do you want to proceed?']) {
      assert.equal(
        judged('claude-code', ['✻ Baked for 3s', '', rule(100), draft, rule(100), '  ? for shortcuts']).label,
        'idle',
        draft,
      );
    }
  });

  it('a verb in the past tense closes the turn', () => {
    assert.equal(judged('claude-code', ['● Done.', '', '✻ Sautéed for 1m 3s', ...box]).label, 'idle');
  });

  it('a limit of an older turn is over once the next turn runs', () => {
    const rows = [
      '❯ go on',
      '  ⎿  You’ve hit your session limit · resets 3pm',
      '',
      '❯ and now?',
      '',
      ...spinner,
      ...box,
    ];
    assert.equal(judged('claude-code', rows).label, 'working');
  });

  it('a question is answered by what the agent says next, even without a prompt between', () => {
    const rows = ['● Shall I wait for it?', '✻ Baked for 3s', '', '● The background task is done.', ...box];
    assert.equal(judged('claude-code', rows).label, 'idle');
  });

  it('an error of an older turn is over once the next turn has ended', () => {
    const rows = [
      '› go on',
      '',
      '■ unexpected status 500',
      '',
      '› again',
      '',
      '• Done.',
      '',
      '  Worked for 3s • 14:02',
      '',
      '› Ask Codex to do anything',
    ];
    assert.equal(judged('codex-cli', rows).label, 'idle');
  });

  it('a message with a numbered list that the user sent is no dialog', () => {
    const rows = [
      '› 1. read it',
      '  2. fix it',
      '',
      '• Working (2s • esc to interrupt)',
      '',
      '› Ask Codex to do anything',
      '',
      '  gpt-6 · /srv',
    ];
    assert.equal(judged('codex-cli', rows).label, 'working');
  });

  it('a hint quoted by the agent is not its status row', () => {
    const rows = [
      '• Press esc to interrupt while the (3s • esc to interrupt) hint is shown.',
      '',
      '  Worked for 2s • 14:02',
      '',
      '› Ask Codex to do anything',
    ];
    assert.equal(judged('codex-cli', rows).label, 'idle');
  });

  it('a title at rest outweighs words that seem to stream', () => {
    const rows = [
      '› hello',
      '',
      '• Here is what I found',
      '',
      '› Ask Codex to do anything',
      '',
      '  gpt-6 · /srv',
      '  ← for agents',
    ];
    assert.equal(judged('codex-cli', rows).label, 'working');
    assert.equal(judged('codex-cli', rows, { title: 'proj' }).label, 'idle');
  });

  it('our own text is left out wherever the screen repeats it', () => {
    const echo = 'QUESTION: is a word that you must not print. APPROVAL REQUIRED: neither.';
    const rows = [
      'QUESTION: is a word that you must not print.',
      'APPROVAL REQUIRED: neither.',
      'Working...',
    ];
    assert.equal(judged('general', rows, { echo }).label, 'working');
    assert.equal(judged('general', rows.slice(0, 2), { echo }).label, 'unknown');
  });

  it('our own next message takes back what ended the turn before it', () => {
    const rows = (message: string) => [
      '› mend the parser',
      '',
      '■ exceeded retry limit, last status: 429 Too Many Requests',
      '',
      message,
      '',
      '• Done.',
      '',
      '› Ask Codex to do anything',
      '',
      '  gpt-6 · /srv',
    ];
    const echo = 'mend the parser\ntry it once more, please';
    assert.equal(judged('codex-cli', rows('› try it once more, please'), { echo }).label, 'idle');
    assert.equal(
      judged('codex-cli', rows('').slice(0, 4).concat(rows('').slice(8)), { echo }).label,
      'limit',
    );
  });

  it('a frame that no rule knows is unknown', () => {
    assert.equal(judged('claude-code', ['lorem ipsum', 'dolor sit amet']).label, 'unknown');
    assert.equal(judged('general', ['']).label, 'unknown');
  });
});

describe('a judgement', () => {
  it('reads a line that the terminal broke as one', () => {
    const cut = { text: 'QUESTION: Which of the two data', wrapped: false };
    const rows = [
      { text: 'ready', wrapped: false },
      cut,
      { text: 'bases shall it be?', wrapped: true },
      { text: '>', wrapped: false },
    ];
    const screen = { cols: cut.text.length, rows, cursor: { row: 3, col: 2 }, alternate: false, title: '' };
    assert.equal(
      classify(screen, packagedRules('general')).question,
      'Which of the two databases shall it be?',
    );
  });

  it('names its rule, its evidence, the cuts of the screen and what lost', () => {
    const classification = judged('claude-code', ['❯ go', '', ...spinner, ...box]);
    assert.equal(classification.rule, 'spinner');
    assert.deepEqual(classification.evidence, spinner);
    assert.deepEqual(classification.regions.box, { first: 5, last: 7 });
    const idle = classification.others.find((other) => other.rule === 'box-idle');
    assert.match(idle?.why ?? '', /spinner has priority 500 over 100/);
  });

  it('says which newer row took a match back', () => {
    const classification = judged('claude-code', ['✶ Pondering… (2s)', '✻ Baked for 3s', ...box]);
    assert.match(
      classification.others.find((other) => other.rule === 'spinner')?.why ?? '',
      /row 2 is newer: ✻ Baked for 3s/,
    );
  });
});
