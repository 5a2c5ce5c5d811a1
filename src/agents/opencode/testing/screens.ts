import { type DrawnScreen, flow } from '../../../terminal/detection/testing/drawing.ts';

const prompt = (cols: number, footer: string): string[] => [
  '',
  '  ┃',
  '  ┃',
  '  ┃',
  '  ┃  Build · Some Model Zen',
  `  ╹${'▀'.repeat(Math.max(4, cols - 4))}`,
  footer,
];
const resting = '   /srv/proj                    12.0K (6%)  ctrl+p commands';
const busy = '   ⬝⬝■■■⬝⬝⬝  esc interrupt          ctrl+p commands';
const user = ['  ┃', '  ┃  please tidy up', '  ┃', ''];

export const screens: DrawnScreen[] = [
  {
    name: 'a finished turn',
    label: 'idle',
    draw: (cols) => [
      ...user,
      ...flow('It is tidy now.', cols, '     '),
      '',
      '     ▣  Build · Some Model · 4.2s',
      ...prompt(cols, resting),
    ],
  },
  {
    name: 'an interrupted turn',
    label: 'idle',
    draw: (cols) => [
      ...user,
      ...flow('Which of the two do you', cols, '     '),
      '',
      '     ▣  Build · Some Model · interrupted',
      ...prompt(cols, resting),
    ],
  },
  {
    name: 'a running turn',
    label: 'working',
    draw: (cols) => [
      ...user,
      ...flow('I begin with the imports', cols, '     '),
      '',
      '     ▣  Build · Some Model',
      ...prompt(cols, busy),
    ],
  },
  {
    name: 'a retry whose reason squeezes the hint into a column',
    label: 'working',
    continuesItself: true,
    draw: (cols) => [
      ...user,
      '     ▣  Build · Some Model',
      ...prompt(cols, '   ⬝⬝■■■■■■ You exceeded your current quota. [retrying in 4s attempt #2] e'),
      ...[...'scinterrupt'].map((letter) => `${' '.repeat(cols - 4)}${letter}`),
    ],
  },
  {
    name: 'a permission',
    label: 'approval',
    choices: 3,
    draw: () => [
      '  ┃',
      '  ┃  △ Permission required',
      '  ┃    # Shell command',
      '  ┃',
      '  ┃  $ rm -r dist',
      '  ┃',
      '  ┃   Allow once   Allow always   Reject        ⇆ select  enter confirm',
      '  ┃',
    ],
  },
  {
    name: 'the question tool',
    label: 'question',
    draw: () => [
      '  ┃  Which database should it be?',
      '  ┃',
      '  ┃  1. SQLite',
      '  ┃  2. Postgres',
      '  ┃  3. Type your own answer',
      '  ┃',
      '  ↑↓ select  enter confirm  esc dismiss',
    ],
  },
  {
    name: 'a question in prose',
    label: 'question',
    draw: (cols) => [
      ...user,
      ...flow('Done. Should I commit it?', cols, '     '),
      '',
      '     ▣  Build · Some Model · 4.2s',
      ...prompt(cols, resting),
    ],
  },
  {
    name: 'a question with options in prose',
    label: 'question',
    question: 'Which one shall it be?',
    draw: (cols) => [
      ...user,
      ...flow('Both would do. Which one shall it be?', cols, '     '),
      '',
      '     1. SQLite',
      '     2. Postgres',
      '',
      '     ▣  Build · Some Model · 4.2s',
      ...prompt(cols, resting),
    ],
  },
  {
    name: 'no credits',
    label: 'limit',
    draw: (cols) => [
      ...user,
      ...flow('This request requires more credits, or fewer tokens.', cols, '  ┃  ', '  ┃  '),
      '',
      ...prompt(cols, resting),
    ],
  },
  {
    name: 'words of the user about an error, under work',
    label: 'working',
    draw: (cols) => ['  ┃', '  ┃  fix the error in main', '  ┃', ...prompt(cols, busy)],
  },
  {
    name: 'a refused key',
    label: 'error',
    draw: (cols) => [...user, '  ┃  Error: Incorrect API key provided', '', ...prompt(cols, resting)],
  },
];
