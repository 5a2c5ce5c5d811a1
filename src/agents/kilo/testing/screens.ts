import { type DrawnScreen, flow } from '../../../terminal/detection/testing/drawing.ts';
import { screens as ofOpencode } from '../../opencode/testing/screens.ts';

const prompt = (cols: number, footer: string): string[] => [
  '',
  '  ┃',
  '  ┃',
  '  ┃',
  '  ┃  Code · Some Model',
  `  ╹${'▀'.repeat(Math.max(4, cols - 4))}`,
  footer,
];
const resting = '                              12.0K  ctrl+p commands';
const user = ['  ┃', '  ┃  put the words into the file', '  ┃', ''];

const failed = (words: string, cols: number): string[] => [
  ...user,
  '  ┃',
  ...flow(words, cols, '  ┃  ', '  ┃  '),
  '  ┃',
  '',
  '     ▣  Code · Some Model',
  ...prompt(cols, resting),
];

/** What it has in common with OpenCode, and what is its own (7.7.9). */
export const screens: DrawnScreen[] = [
  ...ofOpencode,
  {
    name: 'a pace that was too much, with a closing line (7.7.9)',
    label: 'limit',
    draw: (cols) => failed('Your words would exceed your rate limit.', cols),
  },
  {
    name: 'a key that is not accepted, with a closing line (7.7.9)',
    label: 'error',
    draw: (cols) => failed('Error: invalid API key', cols),
  },
  {
    name: 'a command that waits for a yes (7.7.9)',
    label: 'approval',
    choices: 3,
    draw: () => [
      '  ┃  △ Permission required',
      '  ┃    # Make the words',
      '  ┃',
      '  ┃  $ make words',
      '  ┃',
      '  ┃   Allow once   Allow always   Reject      ctrl+f fullscreen  ⇆ select  enter confirm',
      '  ┃',
    ],
  },
  {
    name: 'the reason for a refusal (7.7.9)',
    label: 'approval',
    draw: () => [
      '  ┃  △ Reject permission',
      '  ┃',
      '  ┃  Tell Kilo what to do differently', // vocabulary: quoted
      '  ┃',
      '  ┃',
      '  ┃                                       enter confirm  esc cancel',
      '  ┃',
    ],
  },
  {
    name: 'the offer to go without snapshots (7.7.9)',
    label: 'question',
    question: 'Do you want to disable Snapshots for this repository?',
    draw: () => [
      ...user,
      '     ⠼ Initializing snapshot…',
      '',
      '     ▣  Code · Some Model',
      '',
      '  ┃',
      '  ┃  The first snapshot of this repository takes long.',
      '  ┃',
      '  ┃  Do you want to disable Snapshots for this repository?',
      '  ┃',
      '  ┃  1. Continue with snapshots',
      '  ┃     Go on waiting.',
      '  ┃  2. Disable for this project',
      '  ┃     Undo and redo are lost.',
      '  ┃',
      '  ┃  ↑↓ select  enter submit  esc dismiss',
      '  ┃',
    ],
  },
  {
    name: 'the end of the program, with the session to go on with (7.7.9)',
    label: 'exited',
    draw: () => ['  Session   Tidy up', '  Continue  kilo -s ses_0a1b2c3d4e5f', '', '$ '],
  },
];
