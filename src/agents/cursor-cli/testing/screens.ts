import { type DrawnScreen, flow, framed } from '../../../terminal/detection/testing/drawing.ts';

const cursorInput = (cols: number, text: string): string[] => [
  `┌${'─'.repeat(cols - 2)}┐`,
  `│ → ${text.padEnd(cols - 6)} │`,
  `└${'─'.repeat(cols - 2)}┘`,
  '  Auto',
  '  / for commands · @ for files',
];

export const screens: DrawnScreen[] = [
  {
    name: 'a fresh input',
    label: 'idle',
    draw: (cols) => [
      '  Cursor Agent',
      '  /srv/proj · main',
      '',
      ...cursorInput(cols, 'Plan, search, build anything'),
    ],
  },
  {
    name: 'a finished turn',
    label: 'idle',
    draw: (cols) => [
      ...flow('The imports are sorted.', cols, '  '),
      '',
      '  → Add a follow-up',
      '',
      '  Auto · 12%',
    ],
  },
  {
    name: 'a running turn',
    label: 'working',
    draw: () => [
      '  ⬡ Generating...',
      '',
      '  → Add a follow-up                 ctrl+c to stop',
      '',
      '  Auto · 12%',
    ],
  },
  {
    name: 'a command to approve',
    label: 'approval',
    question: 'Run this command?',
    draw: (cols) =>
      framed(
        [
          '$ npm publish in .',
          '',
          'Run this command?',
          'Not in allowlist: npm',
          ' → Run (y) (enter)',
          '   Reject (esc or p)',
          '   Auto-run all commands (shift+tab)',
        ],
        cols,
      ),
  },
  {
    name: 'nobody logged in',
    label: 'error',
    draw: () => ['  Cursor Agent', '', '  Press any key to log in...'],
  },
];
