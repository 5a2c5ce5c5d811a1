import { type DrawnScreen, flow, framed, rule } from '../../../terminal/detection/testing/drawing.ts';
import { answer, box } from './box.ts';
import { claudeDialogs } from './dialogs.ts';
import { claudeLimits } from './limits.ts';

/** Of a user's own, above the row of the mode. */
const STATUS_LINE = [
  '  main · esc to cancel · enter to select',
  '  ⠋ Working… (esc to interrupt)',
  '  ⏸ plan mode on',
];

const boxAbove = (cols: number, [first = '', ...rest]: readonly string[]): string[] => [
  ...box(cols, first),
  ...rest,
];

export const screens: DrawnScreen[] = [
  {
    name: 'a fresh prompt',
    label: 'idle',
    draw: (cols) => [
      '▐▛███▜▌   Claude Code v2.1.300',
      '▝▜█████▛▘  Sonnet 5 · Max',
      '',
      ...box(cols, '  ? for shortcuts', 'Try "fix lint errors"'),
    ],
  },
  {
    name: 'a finished turn',
    label: 'idle',
    draw: (cols) => [
      ...answer(cols, 'The build is green again. No exception was raised.'),
      '✻ Sautéed for 1m 3s',
      '',
      ...box(cols),
    ],
  },
  {
    name: 'a finished turn beside a shell that still runs',
    label: 'idle',
    draw: (cols) => [
      ...answer(cols, 'The dev server is up.'),
      '✻ Baked for 12s · 1 shell still running',
      '',
      ...box(cols, '  ⏵⏵ bypass permissions on · 1 shell'),
    ],
  },
  {
    name: 'a finished turn above a status line that has the words of work and of dialogs',
    label: 'idle',
    draw: (cols) => [
      ...answer(cols, 'The build is green.'),
      '✻ Baked for 2s',
      '',
      ...boxAbove(cols, STATUS_LINE),
    ],
  },
  {
    name: 'a question above the same status line',
    label: 'question',
    draw: (cols) => [
      ...answer(cols, 'Which of the two comes first?'),
      '✻ Baked for 2s',
      '',
      ...boxAbove(cols, STATUS_LINE),
    ],
  },
  {
    name: 'a draft that nobody has sent',
    label: 'idle',
    draw: (cols) => [
      ...answer(cols, 'Done.'),
      '✻ Baked for 2s',
      '',
      ...box(cols, '  ⏵⏵ accept edits on (shift+tab to cycle)', 'should we delete it?'),
    ],
  },
  {
    name: 'an interrupted turn',
    label: 'idle',
    draw: (cols) => [
      ...answer(cols, 'I will start with the tests.'),
      '  ⎿  Interrupted · What should Claude do instead?',
      '',
      ...box(cols),
    ],
  },
  {
    name: 'the framed composer of 2025',
    label: 'idle',
    draw: (cols) => [...answer(cols, 'All tests pass.'), ...framed(['> '], cols), '  ? for shortcuts'],
  },
  {
    name: 'an open help panel',
    label: 'idle',
    draw: (cols) => [
      rule(cols),
      ' Claude Code  general  commands',
      '',
      ' Claude understands your codebase and edits with your permission.',
      '',
      ' Esc to cancel',
    ],
  },
  {
    name: 'a spinner with time and tokens',
    label: 'working',
    draw: (cols) => [
      ...answer(cols, 'Reading the logs.'),
      '✶ Pondering… (12s · ↓ 1.2k tokens)',
      '  ⎿  Tip: Use /memory to view memory',
      '',
      ...box(cols, '  ⏵⏵ auto mode on · esc to interrupt'),
    ],
  },
  {
    name: 'a spinner with a todo list under it',
    label: 'working',
    draw: (cols) => [
      ...answer(cols, 'I will do it in three steps.'),
      '✻ Updating the parser… (esc to interrupt · ctrl+t to hide tasks · 3m 1s · ↓ 1.2k tokens)',
      '  ⎿  ☐ Write the parser',
      '     ◻ Test it',
      '     ✔ Read the issue',
      '',
      ...box(cols, '  ⏵⏵ bypass permissions on (shift+tab to cycle)'),
    ],
  },
  {
    name: 'an error of the provider that it got over',
    label: 'working',
    draw: (cols) => [
      '❯ go on',
      '',
      '⏺ API Error: Unable to connect to API (ENOTFOUND)',
      '✻ Sautéed for 39m 27s',
      '⠋ Reticulating… (12s · ↓ 431 tokens · esc to interrupt)',
      ...box(cols),
    ],
  },
  {
    name: 'a spinner that has only its verb',
    label: 'working',
    draw: (cols) => ['❯ /compact', '', '· Compacting conversation…', '', ...box(cols)],
  },
  {
    name: 'background agents that outlive the turn',
    label: 'working',
    draw: (cols) => [
      ...answer(cols, 'Both agents are on their way.'),
      ...flow('Waiting for 2 background agents to finish', Math.min(cols, 40), '✻ ', '  '),
      '',
      ...box(cols),
    ],
  },
  {
    name: 'a retry after a server error',
    label: 'working',
    warning: 'retrying',
    draw: (cols) => [
      '❯ go on',
      '',
      '✻ API Error (503 upstream) · Retrying in 5s · attempt 2/10',
      '',
      ...box(cols),
    ],
  },
  {
    name: 'prose about a dialog above a live spinner',
    label: 'working',
    draw: (cols) => [
      ...answer(cols, 'The text says: Would you like to continue? And then a menu follows, 1. Yes 2. No.'),
      '✽ Noodling… (4s · thinking)',
      '',
      ...box(cols),
    ],
  },
  ...claudeDialogs,
  ...claudeLimits,
];
