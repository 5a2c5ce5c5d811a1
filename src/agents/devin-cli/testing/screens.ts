import { type DrawnScreen, rule } from '../../../terminal/detection/testing/drawing.ts';

export const screens: DrawnScreen[] = [
  {
    name: 'a fresh input',
    label: 'idle',
    draw: (cols) => [
      rule(cols),
      '❭ Ask Devin to build features',
      rule(cols),
      'SWE-2  Context: 3k / 200k tokens (1%)',
    ],
  },
  {
    name: 'a running turn',
    label: 'working',
    draw: (cols) => [
      '> tidy up',
      '',
      '⏺ Running command',
      '  └ $ npm test',
      '',
      rule(cols),
      '❭ Guide Devin while it works',
      rule(cols),
      'SWE-2  esc to interrupt',
    ],
  },
  {
    name: 'a permission',
    label: 'approval',
    choices: 3,
    draw: () => [
      '⏺ Running command',
      '  └ $ npm publish',
      '',
      '❭ 1 Yes  (Approve once)',
      '· 2 Yes, allow `npm` commands',
      '· 3 No',
      '↑↓ select · ↵ confirm · esc cancel',
    ],
  },
];
