import { type DrawnScreen, flow, framed, rule } from '../../../terminal/detection/testing/drawing.ts';

const ASKED = '  > put the words into the file';
const RESTS = '  ⏸ Ask permissions (shift + tab to cycle)';
const RUNS = '  Enter to steer · Ctrl+Q to queue · ⏸ Ask permissions (shift + tab to cycle)';

const input = (cols: number, footer = RESTS): string[] => [
  rule(cols),
  '>   Type your message or @path/to/file',
  rule(cols),
  '  ➜ proj · git:(main) · mock',
  footer,
];

/** Words of a transcript, with the bar to scroll at the right edge. */
const scrolled = (rows: readonly string[], cols: number): string[] =>
  rows.map((row) => `${row.padEnd(cols - 1)}█`);

const confirmation = (question: string, choices: readonly string[], cols: number): string[] => [
  ...scrolled(
    [
      ASKED,
      '',
      '  ◆ I will do it.',
      '  ? Shell make words ←',
      '',
      '   make words',
      '',
      `   ${question}`,
      '',
      ...choices.map((choice, index) => `   ${index === 0 ? '›' : ' '} ${index + 1}. ${choice}`),
      '',
    ],
    cols,
  ),
  '  ⠏ Waiting for user confirmation...',
];

export const screens: DrawnScreen[] = [
  {
    name: 'at rest after a turn (0.24.4)',
    label: 'idle',
    draw: (cols) => [ASKED, '', '  ◆ The words are in the file now.', '', ...input(cols)],
  },
  {
    name: 'at work (0.24.4)',
    label: 'working',
    draw: (cols) => [
      ASKED,
      '',
      '  ◆ I will look first.',
      '  ⠼ Counting the letters... (3s · ↓ 2 tokens · esc to cancel)',
      '',
      ...input(cols, RUNS),
    ],
  },
  {
    name: 'a refused request that is repeated without a word (0.24.4)',
    label: 'working',
    draw: (cols) => [ASKED, '', '  .  Sharpening the pen... (1m · esc to cancel)', '', ...input(cols, RUNS)],
  },
  {
    name: 'an interrupted turn (0.24.4)',
    label: 'idle',
    draw: (cols) => [ASKED, '', '  ◆ Which of them', '  ● Request cancelled.', '', ...input(cols)],
  },
  {
    name: 'a command that waits for a yes (0.24.4)',
    label: 'approval',
    question: "Allow execution of: 'make'?",
    selected: 'Yes, allow once',
    choices: 4,
    draw: (cols) =>
      confirmation(
        "Allow execution of: 'make'?",
        [
          'Yes, allow once',
          "Always allow run 'make *' commands in this project",
          "Always allow run 'make *' commands for this user",
          'No, suggest changes (esc)',
        ],
        cols,
      ),
  },
  {
    name: 'a change that waits for a yes (0.24.4)',
    label: 'approval',
    question: 'Apply this change?',
    choices: 3,
    draw: (cols) =>
      confirmation(
        'Apply this change?',
        ['Yes, allow once', 'Yes, allow always', 'No, suggest changes (esc)'],
        cols,
      ),
  },
  {
    name: 'a form with a question (0.24.4)',
    label: 'question',
    question: 'Which words are meant?',
    choices: 3,
    draw: (cols) => [
      ...scrolled(
        [
          ASKED,
          '',
          '  ? AskUserQuestion Ask user 1 question ←',
          '',
          '   Words',
          '',
          '   Which words are meant?',
          '',
          '   ❯ 1. The long ones',
          '        Of eight letters and more',
          '     2. The short ones',
          '        All others',
          '     3. Type something...',
          '',
          '   ↑/↓: Navigate | Enter: Select | Esc: Cancel',
          '',
        ],
        cols,
      ),
      '  ⠏ Waiting for user confirmation...',
    ],
  },
  {
    name: 'a question in its last words (0.24.4)',
    label: 'question',
    draw: (cols) => [
      ASKED,
      '',
      ...flow('  ◆ Both files have words. Which one do you want to change?', cols, '', '    '),
      '',
      ...input(cols),
    ],
  },
  {
    name: 'nobody is signed in (0.24.4)',
    label: 'error',
    startup: 'login',
    draw: (cols) => [
      `  ┌${'─'.repeat(cols - 6)}┐`,
      ...[
        ' Connect a Provider',
        '',
        ' › Alibaba ModelStudio',
        '   Third-party Providers',
        '   Custom Provider',
        '',
      ].map((row) => `  │${row.padEnd(cols - 6)}│`),
      `  └${'─'.repeat(cols - 6)}┘`,
    ],
  },
  {
    name: 'a key that is not accepted (0.24.4)',
    label: 'error',
    draw: (cols) => [
      ASKED,
      '  ✕ [API Error: 401 The key is not valid.] (Press Ctrl+Y to retry)',
      '',
      ...input(cols),
    ],
  },
  {
    name: 'a turn that a quota has ended (0.24.4)',
    label: 'limit',
    draw: (cols) => [
      ASKED,
      '  ✕ [API Error: 429 You exceeded your current quota.] (Press Ctrl+Y to retry)',
      '',
      ...input(cols),
    ],
  },
  {
    name: 'a folder that is not trusted yet (0.24.4)',
    label: 'approval',
    startup: 'trust_folder',
    question: 'Do you trust this folder?',
    draw: (cols) =>
      framed(
        [
          '',
          'Do you trust this folder?',
          '',
          'Trusting a folder allows Qwen Code to execute commands it suggests.',
          '',
          '› 1. Trust folder (proj)',
          '  2. Trust parent folder (code)',
          "  3. Don't trust (esc)",
          '',
        ],
        cols,
      ),
  },
  {
    name: 'its start, before it reads keys (0.24.4)',
    label: 'working',
    draw: () => ['  Tips: Type / to open the command popup.', '', '  ➜ proj · mock', '  ⠙ Initializing...'],
  },
  {
    name: 'a client that says when it tries again (drawn only)',
    label: 'working',
    warning: 'retrying',
    draw: (cols) => [ASKED, '', '  ⠼ Retrying in 8s... (12s · esc to cancel)', '', ...input(cols, RUNS)],
  },
];
