import { type DrawnScreen, rule } from '../../../terminal/detection/testing/drawing.ts';
import { box } from './box.ts';

const bounced = (...notices: string[]): string[] => [
  '❯ please look into the build',
  '',
  '● I will read the log first.',
  '',
  '  Ran 1 shell command',
  "  ⎿  You've hit your 5-hour limit · resets 3:40pm (UTC)",
  '',
  ...notices.flatMap((notice) => [`● ${notice}`, '']),
];

const WAITS = 'Usage limit reached · set to continue automatically at 3:40pm';
const CANCELLED = 'Automatic continue cancelled · /rate-limit-options to wait again';

const waiting = (cols: number, words: string, draft = ''): string[] => [
  ...box(cols, '  ⚠ Usage limit reached · limit resets 3:40pm', draft),
  `    ${words} · Esc to cancel`,
  '  ⏸ manual mode on · ? for shortcuts',
];

const menu = (cols: number): string[] => [
  rule(cols, '▔'),
  '  What do you want to do?',
  '',
  '  ❯ 1. Stop and wait for limit to reset',
  '    2. Wait here, then continue automatically at 3:40pm',
  '    3. Upgrade your plan',
  '',
  '  Enter to confirm · Esc to cancel',
];

/** What Claude draws of a limit that ended a turn of a subscription. */
export const claudeLimits: DrawnScreen[] = [
  {
    name: 'a limit that it waits for, to continue by itself',
    label: 'limit',
    continuesItself: true,
    resets: '3:40pm',
    draw: (cols) => [...bounced(WAITS), ...waiting(cols, 'Continuing automatically at 3:40pm')],
  },
  {
    name: 'a limit that it waits for beside a draft in the box',
    label: 'limit',
    continuesItself: true,
    draw: (cols) => [
      ...bounced(WAITS),
      ...waiting(cols, 'Continuing automatically at 3:40pm', 'and then the docs'),
    ],
  },
  {
    name: 'a limit that has reset, before it continues by itself',
    label: 'limit',
    continuesItself: true,
    draw: (cols) => [...bounced(WAITS), ...waiting(cols, 'Continuing shortly')],
  },
  {
    name: 'a limit whose automatic continuation the user cancelled',
    label: 'limit',
    resets: '3:40pm (UTC)',
    draw: (cols) => [...bounced(WAITS, CANCELLED), ...box(cols)],
  },
  {
    name: 'a limit without an automatic continuation',
    label: 'limit',
    resets: '3:40pm (UTC)',
    draw: (cols) => [...bounced(), ...box(cols)],
  },
  {
    name: 'the wait for a limit of a conversation that was resumed since',
    label: 'idle',
    draw: (cols) => [...bounced(WAITS), ...box(cols)],
  },
  {
    name: 'a turn that went on by itself after the reset',
    label: 'working',
    draw: (cols) => [
      ...bounced(WAITS, 'Usage limit reset · Continuing automatically'),
      ...box(cols, '  ⏸ manual mode on'),
    ],
  },
  {
    name: 'the end of a turn that went on by itself after the reset',
    label: 'idle',
    draw: (cols) => [
      ...bounced(WAITS, 'Usage limit reset · Continuing automatically', 'The build is green.'),
      '✻ Cooked for 4s · done 3:42 PM',
      '',
      ...box(cols),
    ],
  },
  {
    name: 'the menu of a limit',
    label: 'limit',
    overage: true,
    safeKey: 'Escape',
    choices: 3,
    draw: (cols) => [...bounced(), ...menu(cols)],
  },
  {
    name: 'the menu of a limit that the user opened',
    label: 'limit',
    overage: true,
    safeKey: 'Escape',
    choices: 3,
    draw: (cols) => [...bounced(WAITS, CANCELLED), ...menu(cols)],
  },
];
