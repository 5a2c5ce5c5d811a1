import type { DrawnScreen } from './drawing.ts';

/** Screens of programs that print lines and ask in the last one, as those do that draw no input. */
export const linePrograms: DrawnScreen[] = [
  {
    name: 'a program with its name as the prompt',
    label: 'idle',
    draw: () => ['Type "exit" to quit', '', 'some-agent > say hello', '', 'hello', '', 'some-agent > '],
  },
  {
    name: 'a program that offers more than yes and no',
    label: 'approval',
    draw: () => ['```shell', 'touch a', '```', 'Execute code? [Y/n/e/a/?] '],
  },
  {
    name: 'a program that offers yes, no and always',
    label: 'approval',
    draw: () => ['I want to edit a.txt', 'Apply this change? (yes/no/always): '],
  },
  {
    name: 'a program that has its yes',
    label: 'working',
    draw: () => ['Apply this change? (yes/no/always): yes', 'Working...'],
  },
  {
    name: 'buttons with whole words behind their letters',
    label: 'approval',
    draw: () => ['The agent wants to run touch a', '', '  [y] Yes   [n] No   [a] Always'],
  },
  {
    name: 'keys that approve and reject',
    label: 'approval',
    draw: () => [
      'Run this command?',
      '  $ touch a',
      '',
      'Press y to approve, n to reject, a to always allow',
    ],
  },
  {
    name: 'choices whose number is typed',
    label: 'question',
    choices: 2,
    draw: () => ['Which one comes first?', '  1) the migrations', '  2) the endpoints', 'Your choice: '],
  },
  {
    name: 'a consent whose number is typed',
    label: 'approval',
    choices: 3,
    draw: () => ['Allow touch a?', '  1) Yes', '  2) Yes, always', '  3) No', 'Enter your choice (1-3): '],
  },
  {
    name: 'a question beside a bar, whose choices have a ring each',
    label: 'question',
    choices: 2,
    draw: () => ['◆  Which one comes first?', '│  ● the migrations', '│  ○ the endpoints', '└'],
  },
  {
    name: 'a tool that has run for a while',
    label: 'working',
    draw: () => ['❯ go on', '', '  Running tool bash: npm test  (12s)', '', '❯ '],
  },
];
