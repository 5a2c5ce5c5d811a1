import { type DrawnScreen, flow, framed, rule } from '../../../terminal/detection/testing/drawing.ts';

const input = (cols: number): string[] => [
  ...framed(['>'], cols - 2).map((row) => ` ${row}`),
  ' mock thinking  ~/proj  main [±]            /model: switch model',
  '                                       context: 1% (110/256k)',
];

const dialog = (rows: readonly string[], cols: number): string[] => [
  ` ${rule(cols - 2)}`,
  ...rows,
  ` ${rule(cols - 2)}`,
  ' mock thinking  ~/proj  main [±]            /model: switch model',
  '                                       context: 1% (110/256k)',
];

const ASKED = ' ✨ put the words into the file';

export const screens: DrawnScreen[] = [
  {
    name: 'at rest after a turn (2.1.0)',
    label: 'idle',
    draw: (cols) => [ASKED, '', ' ● The words are in the file now.', '', ...input(cols)],
  },
  {
    name: 'at work (2.1.0)',
    label: 'working',
    draw: (cols) => [
      ASKED,
      '',
      ' ● I will look first',
      '',
      '  ⠴ Working… · Tip: ! to run a shell command',
      '',
      ...input(cols),
    ],
  },
  {
    name: 'before its first word (2.1.0)',
    label: 'working',
    draw: (cols) => [ASKED, '', '  🌗 · Tip: ! to run a shell command', '', ...input(cols)],
  },
  {
    name: 'a client that tries again (2.1.0)',
    label: 'working',
    warning: 'retrying',
    draw: (cols) => [
      ASKED,
      '  🌓 Retrying (5/10) · APIProviderRateLimitError · in 5s',
      '     429 · 429 This request would exceed your rate limit.',
      '',
      ...input(cols),
    ],
  },
  {
    name: 'an interrupted turn (2.1.0)',
    label: 'idle',
    draw: (cols) => [ASKED, '', ' ● Which of them is it', '   Interrupted by user', '', ...input(cols)],
  },
  {
    name: 'a command that waits for a yes (2.1.0)',
    label: 'approval',
    selected: 'Approve once',
    choices: 4,
    draw: (cols) => [
      ASKED,
      '',
      ' ● Running a command · $ make words',
      ...dialog(
        [
          '   ▶ Run this command?',
          '',
          '   cwd: ~/proj',
          '   $ make words',
          '     Make the words',
          '',
          '   ▶ 1. Approve once',
          '     2. Approve for this session',
          '     3. Reject',
          '     4. Reject with feedback',
          '',
          '   ↑/↓ select · 1/2/3/4 choose · ↵ confirm',
        ],
        cols,
      ),
    ],
  },
  {
    name: 'a form with a question (2.1.0)',
    label: 'question',
    choices: 3,
    draw: (cols) => [
      ASKED,
      '',
      ...dialog(
        [
          '  question',
          '',
          '   Words    Submit',
          '',
          '  ? Which words are meant?',
          '',
          '   → [1] The long ones',
          '         Of eight letters and more',
          '     [2] The short ones',
          '         All others',
          '     [3] Other',
          '',
          '   ↑↓ select  1-3 / ↵ choose  ←/→/tab switch  esc cancel',
        ],
        cols,
      ),
    ],
  },
  {
    name: 'a form whose answers are reviewed (2.1.0)',
    label: 'question',
    draw: (cols) => [
      ASKED,
      '',
      ...dialog(
        [
          '  question',
          '',
          '  (✓) Words   Submit',
          '',
          '  Review your answer before submit',
          '   Q  Which words are meant?',
          '   →  The long ones',
          '',
          '  Ready to submit your answers?',
          '   → [1] Submit',
          '     [2] Cancel',
          '',
          '   ↑↓ select  1/2 choose  ↵ confirm  ←/→/tab switch  esc cancel',
        ],
        cols,
      ),
    ],
  },
  {
    name: 'a question in its last words (2.1.0)',
    label: 'question',
    draw: (cols) => [
      ASKED,
      '',
      ...flow('● Both files have words. Which one do you want to change?', cols, ' ', '   '),
      '',
      ...input(cols),
    ],
  },
  {
    name: 'the trust of the folder (2.1.0)',
    label: 'approval',
    startup: 'trust_folder',
    selected: 'Trust this folder',
    draw: (cols) => [
      ` ${rule(cols - 2)}`,
      '  Trust this folder?',
      '  ↑↓ navigate · Enter select · Esc exit',
      '',
      '  ~/proj',
      '',
      '   ❯ Trust this folder',
      '     Enable project MCP servers. Remembered for this folder.',
      '',
      "     Don't trust",
      '     Exit Kimi Code. Asked again next launch.',
      '',
      ` ${rule(cols - 2)}`,
    ],
  },
  {
    name: 'a used-up quota (2.1.0)',
    label: 'limit',
    draw: (cols) => [
      ASKED,
      ...flow('Error: [provider.api_error] 429 You exceeded your current quota.', cols, '   '),
      '',
      ...input(cols),
    ],
  },
  {
    name: 'a key that is not accepted (2.1.0)',
    label: 'error',
    draw: (cols) => [
      ASKED,
      ...flow('Error: [provider.auth_error] 401 The key is not valid.', cols, '   '),
      '',
      ...input(cols),
    ],
  },
];
