import { type DrawnScreen, flow, framed } from '../../../terminal/detection/testing/drawing.ts';

const spoken = (who: string, text: string, cols: number): string[] => [
  `${who}:`,
  '',
  '┃',
  ...flow(text, cols, '┃ ', '┃ '),
  '┃',
  '',
];
const input = (hint: readonly string[] = []): string[] => [
  '',
  'What would you like me to help with?',
  '',
  '┃',
  '┃ > / commands, ! bash, ↑/↓ history',
  '┃',
  ...hint,
  '',
  '▶ normal mode on · tune: full (auto)',
];
const user = (cols: number): string[] => [...spoken('You', 'tidy up the cache', cols), '~5 tokens', ''];
const answer = (text: string, cols: number): string[] => [
  ...user(cols),
  ...spoken('some-model', text, cols),
  'Tokens: 110',
  '',
  'Worked for a swift 3s.',
  ...input(),
];
const ended = (row: string, cols: number): string[] => [...user(cols), row, '', ...input()];

export const screens: DrawnScreen[] = [
  { name: 'a finished turn', label: 'idle', draw: (cols) => answer('The cache is empty now.', cols) },
  { name: 'a question in prose', label: 'question', draw: (cols) => answer('Which cache is meant?', cols) },
  {
    name: 'a long text in the input',
    label: 'idle',
    draw: (cols) => [
      ...user(cols),
      'Failed to fetch latest version: fetch failed',
      ...input().map((row) => (row.startsWith('┃ >') ? '┃ [Paste #1: 254 chars]' : row)),
    ],
  },
  { name: 'an interrupted turn', label: 'idle', draw: (cols) => ended('Interrupted by user.', cols) },
  {
    name: 'a running turn',
    label: 'working',
    draw: (cols) => [
      ...user(cols),
      '⠧ some-model  ~11 tokens · 7.6 tok/s',
      '',
      '┃',
      '┃ I begin with the oldest entries',
      '┃',
      ...input(['┃ ⠹ Press Esc to cancel · ctrl-o expand tool results', '┃']),
    ],
  },
  {
    name: 'a command to approve',
    label: 'approval',
    question: 'Do you want to execute tool "execute_bash"?',
    choices: 2,
    draw: (cols) => [
      ...user(cols),
      '⚒ execute_bash',
      '',
      'Command:',
      'rm -r .cache',
      '',
      'Do you want to execute tool "execute_bash"?',
      '',
      '> ✓ Yes, execute this tool',
      '  ✗ No, cancel execution',
      '',
      'Press Escape to cancel',
    ],
  },
  {
    name: 'a question with choices',
    label: 'question',
    draw: (cols) => [
      ...user(cols),
      '┃',
      '┃ Which cache is meant?',
      '┃',
      '',
      '❯ the one of the build',
      '',
      '  the one of the tests',
      '',
      '  Type a custom answer…',
      '',
      '↑/↓ to move · Enter to select · Esc to cancel',
    ],
  },
  {
    name: 'a folder to trust',
    label: 'approval',
    startup: 'trust_folder',
    question: 'Do you trust the files in this folder?',
    draw: (cols) => [
      '  Security Warning',
      ...framed(
        ['', ' Do you trust the files in this folder?', ' ~/proj', '', ' > Yes, proceed', '   No, exit', ''],
        cols,
      ),
    ],
  },
  {
    name: 'a limit that ended the turn',
    label: 'limit',
    draw: (cols) => ended('Rate limit: Too many requests of this key.', cols),
  },
  {
    name: 'a key that is not accepted',
    label: 'error',
    draw: (cols) => ended('Authentication failed: Invalid API key or credentials', cols),
  },
  {
    name: 'a program that has ended, as tmux says it',
    label: 'exited',
    draw: (cols) => [...user(cols), ...input(), '', 'Pane is dead (status 0, Mon Nov 30 20:00:00 2026)'],
  },
];
