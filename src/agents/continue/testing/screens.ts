import { type DrawnScreen, flow, framed } from '../../../terminal/detection/testing/drawing.ts';

const FOOTER = '  ~/proj ⊦main                    ◉ Continue CLI';
const PLACEHOLDER = '● ▋Ask anything, @ for context, / for slash commands';
const input = (cols: number): string[] => ['', ...framed([PLACEHOLDER], cols), FOOTER];
const user = ['● tidy up the cache', ''];
const busy = ['', ' ⠝⠧⠏  ( 5s • esc to interrupt )'];
const dialog = (cols: number, rows: string[]): string[] => [
  ...busy,
  ...framed(['', ...rows, ''], cols),
  FOOTER,
];

const said = (text: string, cols: number): string[] => [
  ...user,
  ...flow(text, cols, '● ', '  '),
  ...input(cols),
];

export const screens: DrawnScreen[] = [
  { name: 'a fresh input', label: 'idle', draw: (cols) => [' Model: Some Model', '', ...input(cols)] },
  { name: 'a finished turn', label: 'idle', draw: (cols) => said('The cache is empty now.', cols) },
  { name: 'a question in prose', label: 'question', draw: (cols) => said('Which cache do you mean?', cols) },
  {
    name: 'an interrupted turn',
    label: 'idle',
    draw: (cols) => [...user, ' Interrupted by user - Press enter to continue', ...input(cols).slice(1)],
  },
  { name: 'a running turn', label: 'working', draw: (cols) => [...user, ...busy, ...input(cols).slice(1)] },
  {
    name: 'a client that tries again',
    label: 'working',
    warning: 'retrying',
    draw: (cols) => [
      'Retrying request (2/9). Error: 429 Too many requests',
      ...user,
      ...busy,
      ...input(cols).slice(1),
    ],
  },
  {
    name: 'a command to approve',
    label: 'approval',
    question: 'Would you like to continue?',
    choices: 3,
    selected: 'Continue (tab)',
    draw: (cols) => [
      ...user,
      '○ Bash(rm -r .cache)',
      ...dialog(cols, [
        ' Bash(rm -r .cache)',
        '',
        ' ⎿ Will run: rm -r .cache',
        '',
        ' Would you like to continue?',
        '',
        ' > Continue (tab)',
        "   Continue + don't ask again (shift+tab)",
        '   No, and tell Continue what to do differently (esc)',
      ]),
    ],
  },
  {
    name: 'a question with choices',
    label: 'question',
    selected: 'the one of the build',
    draw: (cols) => [
      ...user,
      '○ Ask Question(Which cache is meant?)',
      ...dialog(cols, [
        ' ? Which cache is meant?',
        '',
        '   ❯ the one of the build',
        '     the one of the tests',
        '     (or start typing for custom answer)',
        '',
        ' ↑/↓ navigate, Enter select',
      ]),
    ],
  },
  {
    name: 'a limit that ended the turn',
    label: 'limit',
    draw: (cols) => [...user, 'Error: 429 Too many requests of this key.', ...input(cols)],
  },
  {
    name: 'a key that is not accepted',
    label: 'error',
    draw: (cols) => [...user, 'Error: 401 This key is unknown.', ...input(cols)],
  },
  {
    name: 'neither a config nor a sign-in (drawn only)',
    label: 'error',
    startup: 'login',
    draw: () => [
      ' How do you want to get started?',
      '',
      ' 1. Log in with Continue',
      ' 2. Enter your Anthropic API key',
      '',
    ],
  },
  {
    name: 'a program that has ended, as tmux says it',
    label: 'exited',
    draw: (cols) => [...user, ...input(cols), '', 'Pane is dead (status 0, Mon Nov 30 20:00:00 2026)'],
  },
];
