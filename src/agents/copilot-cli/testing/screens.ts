import { type DrawnScreen, flow, framed, rule } from '../../../terminal/detection/testing/drawing.ts';

const REFUSED = ' ● Request failed due to a transient API error. Retrying...';

const givenUp = (cols: number, status: number, refusals: readonly string[]): string[] => [
  ' ❯ mend it',
  ...['', ...refusals, ''],
  ...flow(
    `✗ Failed to get response from the AI model; retried 5 times Last error: ${status}`,
    cols,
    ' ',
    '   ',
  ),
  '',
  ' ~/proj',
  ...[rule(cols), '❯', rule(cols)],
  ' ← open sidebar · Interactive · / commands · ? help',
];

export const screens: DrawnScreen[] = [
  {
    name: 'a client that tries again (1.0.102)',
    label: 'working',
    warning: 'retrying',
    draw: (cols) => [
      ' ❯ mend it',
      '',
      REFUSED,
      '',
      ' ~/proj',
      ...[rule(cols), '❯', rule(cols)],
      ' ◎ Working esc esc edit prompt',
    ],
  },
  {
    name: 'a turn that was given up on a 429 (1.0.102)',
    label: 'limit',
    draw: (cols) => givenUp(cols, 429, [REFUSED]),
  },
  {
    name: 'a turn that was given up (1.0.102)',
    label: 'error',
    draw: (cols) => givenUp(cols, 500, [REFUSED, '', REFUSED]),
  },
  {
    name: 'a fresh input',
    label: 'idle',
    draw: (cols) => [
      ' ● No custom instructions found.',
      '',
      ' ~/proj [⎇ main]',
      rule(cols),
      '❯ Type @ to mention files',
      rule(cols),
      ' / commands',
    ],
  },
  {
    name: 'a running turn',
    label: 'working',
    draw: (cols) => [
      ' ◉ Thinking (Esc to cancel · 1.2 KiB)',
      '',
      ' ~/proj [⎇ main]',
      ...framed(['> '], cols),
      ' Ctrl+c Exit',
    ],
  },
  {
    name: 'a command to approve',
    label: 'approval',
    question: 'Do you want to run this command?',
    draw: (cols) =>
      framed(
        [
          'Run command',
          '',
          'npm publish',
          '',
          'Do you want to run this command?',
          '',
          '❯ 1. Yes',
          '  2. No, and tell Copilot what to do differently (Esc)',
          '',
          '↑↓ to navigate · Enter to select · Esc to cancel',
        ],
        cols,
      ),
  },
  {
    name: 'nobody logged in',
    label: 'error',
    draw: (cols) => [' ● Please use /login to sign in to use Copilot', '', rule(cols), '❯', rule(cols)],
  },
];
