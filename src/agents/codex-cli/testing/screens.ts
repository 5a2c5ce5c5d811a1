import { type DrawnScreen, flow } from '../../../terminal/detection/testing/drawing.ts';

const composer = (cols: number, draft = 'Ask Codex to do anything'): string[] => [
  '',
  `› ${draft}`,
  '',
  '  gpt-6-codex medium · /srv/proj',
  `  ← for agents · ? for shortcuts${' '.repeat(Math.max(1, cols - 60))}⚠ 1 warning · f2 to view`,
];

const said = (cols: number, text: string): string[] => [
  '',
  '› tidy up the imports',
  '',
  '',
  ...flow(text, cols, '• ', '  '),
  '',
];

const ask = (above: string[], choices: string[], footer: string): string[] => [
  '',
  ...above.map((row) => `  ${row}`),
  '',
  ...choices.map((choice, index) => `${index === 0 ? '›' : ' '} ${index + 1}. ${choice}`),
  '',
  `  ${footer}`,
];

export const screens: DrawnScreen[] = [
  {
    name: 'a fresh composer',
    label: 'idle',
    draw: (cols) => [
      '  >_ OpenAI Codex (v0.170.0)',
      '     /srv/proj',
      '  Ready when you are. What shall we break today?',
      ...composer(cols),
    ],
  },
  {
    name: 'a finished turn',
    label: 'idle',
    draw: (cols) => [...said(cols, 'Imports are sorted.'), '  Worked for <1s • 14:02', '', ...composer(cols)],
  },
  {
    name: 'a finished turn under a divider',
    label: 'idle',
    draw: (cols) => [...said(cols, 'Fixed. It is ready.'), '─'.repeat(cols), ...composer(cols)],
  },
  {
    name: 'a turn that the user interrupted',
    label: 'idle',
    draw: (cols) => [
      ...said(cols, 'First I read the file'),
      '■ Conversation interrupted - use /feedback if something went wrong',
      '',
      ...composer(cols),
    ],
  },
  {
    name: 'a finished turn with little of the window left',
    label: 'idle',
    warning: 'limit_warning',
    draw: (cols) => [
      ...said(cols, 'Sorted.'),
      '  14:02',
      `${' '.repeat(12)}⚠ 5h limit: 8% left · resets at 15:42 · /status`,
      ...composer(cols),
    ],
  },
  {
    name: 'a status row',
    label: 'working',
    draw: (cols) => [
      ...said(cols, 'I look around.'),
      '• Working (1m 12s • esc to interrupt)',
      ...composer(cols),
    ],
  },
  {
    name: 'a status row with details and a queued message',
    label: 'working',
    draw: (cols) => [
      ...said(cols, 'I run the tests.'),
      '• Running the test suite (12s • esc to interrupt)',
      '  └ npm test',
      '',
      '• Queued follow-up messages',
      '  ↳ and then commit?',
      ...composer(cols),
    ],
  },
  {
    name: 'words that stream in without a status row',
    label: 'working',
    draw: (cols) => [...said(cols, 'The first of the three reasons is that'), '', ...composer(cols)],
  },
  {
    name: 'a stream that is taken up again',
    label: 'working',
    warning: 'retrying',
    draw: (cols) => [
      ...said(cols, 'I look.'),
      '• Reconnecting... 2/5 (8s • esc to interrupt)',
      ...composer(cols),
    ],
  },
  {
    name: 'a turning sign in the title',
    label: 'working',
    title: '⠹ proj',
    draw: (cols) => ['› hello', ...composer(cols)],
  },
  {
    name: 'a command to approve',
    label: 'approval',
    question: 'Would you like to run the following command?',
    selected: 'Yes, proceed (y)',
    choices: 3,
    draw: (cols) => [
      ...said(cols, 'I need the network.'),
      ...ask(
        [
          'Would you like to run the following command?',
          '',
          'Reason: the package is missing',
          '',
          '$ npm install left-pad',
        ],
        [
          'Yes, proceed (y)',
          'Yes, and don’t ask again for commands that start with `npm install` (p)',
          'No, and tell Codex what to do differently (esc)',
        ],
        'Press enter to confirm or esc to cancel',
      ),
    ],
  },
  {
    name: 'edits to approve',
    label: 'approval',
    draw: () =>
      ask(
        ['Would you like to make the following edits?', '', 'README.md (+1 -1)'],
        ['Yes, proceed (y)', 'No, and tell Codex what to do differently (esc)'],
        'Press enter to confirm or esc to cancel',
      ),
  },
  {
    name: 'a folder to trust',
    label: 'approval',
    startup: 'trust_folder',
    draw: (cols) => [
      '> You are in /srv/proj',
      '',
      ...flow(
        'Do you trust the contents of this directory? Working with untrusted contents comes with higher risk of prompt injection.',
        cols,
        '  ',
      ),
      '',
      '› 1. Yes, continue',
      '  2. No, quit',
      '',
      '  Press enter to continue',
    ],
  },
  {
    name: 'an update on offer',
    label: 'approval',
    startup: 'update',
    draw: () =>
      ask(
        ['✨ Update available! 0.169.0 -> 0.170.0'],
        ['Update now (runs npm install)', 'Skip', 'Skip until next version'],
        'Press enter to continue',
      ),
  },
  {
    name: 'hooks to review',
    label: 'approval',
    startup: 'hooks_review',
    draw: () =>
      ask(
        ['Hooks need review', '2 hooks are new or changed.'],
        ['Review hooks', 'Trust all and continue', 'Continue without trusting'],
        'Press enter to continue',
      ),
  },
  {
    name: 'a picker',
    label: 'approval',
    draw: () =>
      ask(
        ['Select Model and Effort'],
        ['gpt-6-codex (default)', 'gpt-6-mini'],
        'Press enter to select reasoning effort, or esc to dismiss.',
      ),
  },
  {
    name: 'a question with options',
    label: 'question',
    choices: 2,
    draw: () => [
      '  Question 1/1 (1 unanswered)',
      '  Which database should it be?',
      '',
      '  › 1. SQLite    One file.',
      '    2. Postgres  A server.',
      '',
      '  tab to add notes | enter to submit answer | esc to interrupt',
    ],
  },
  {
    name: 'a page of hooks that wait for a review',
    label: 'approval',
    startup: 'hooks_review',
    selected: 'AfterLunch',
    draw: (cols) => [
      '› go on',
      '',
      '• Done.',
      '',
      '  Hooks',
      '  Lifecycle hooks from config and enabled plugins.',
      '',
      '  ⚠ 1 hook needs review before it can run.',
      '',
      '  Event        Installed   Review',
      '',
      '  BeforeLunch  0           0',
      '› AfterLunch   1           1',
      '',
      ...flow('t trust all · enter review · esc close', cols, '  '),
    ],
  },
  {
    name: 'a hook that waits for its review',
    label: 'approval',
    startup: 'hooks_review',
    draw: (cols) => [
      '› go on',
      '',
      '• Done.',
      '',
      '  AfterLunch hooks',
      '  1 hook needs review before it can run.',
      '',
      '› [!]  1  Unnamed hook · new',
      '',
      '  Event     AfterLunch',
      '  Command   touch /tmp/lunch',
      '  Trust     New hook - review required',
      '',
      ...flow('t trust · esc back', cols, '  '),
    ],
  },
  {
    name: 'a question in prose',
    label: 'question',
    question: 'Do you want me to commit it?',
    draw: (cols) => [
      ...said(cols, 'All green. Do you want me to commit it?'),
      '  Worked for 12s • 14:02',
      '',
      ...composer(cols),
    ],
  },
  {
    name: 'a bounced turn',
    label: 'limit',
    resets: '3:04 PM',
    draw: (cols) => [
      '› go on',
      '',
      ...flow('■ You’ve hit your usage limit. Upgrade to Pro or try again at 3:04 PM.', cols),
      '',
      ...composer(cols),
    ],
  },
  {
    name: 'a turn that the provider ended',
    label: 'error',
    draw: (cols) => ['› go on', '', '■ unexpected status 500 Internal Server Error', '', ...composer(cols)],
  },
  {
    name: 'nobody logged in',
    label: 'error',
    startup: 'login',
    draw: () => [
      '  Welcome to Codex',
      '',
      '> 1. Sign in with ChatGPT',
      '',
      '  2. Provide your own API key',
      '',
      '  Press enter to continue',
    ],
  },
  {
    name: 'the last words of a program that has left',
    label: 'exited',
    draw: () => [
      'Token usage: total=1,200 input=1,000 output=200',
      'To continue this session, run codex resume 0f0e0d0c',
    ],
  },
  {
    name: 'a conversation of another folder (0.171.0)',
    label: 'approval',
    startup: 'resume',
    choices: 4,
    draw: () => [
      '  Working directory · resume',
      '  Session = latest cwd recorded in the resumed session',
      '  Current = your current working directory',
      '',
      '› 1. Use session directory (~/work/parser)',
      '  2. Use current directory (~/work/printer)',
      '  3. Always use session directory',
      '  4. Always use current directory',
      '',
      '  enter continue · esc use session · ^c quit',
    ],
  },
  {
    name: 'a conversation that another process writes to (0.171.0)',
    label: 'approval',
    startup: 'resume',
    draw: (cols) => [
      '› mend the parser',
      '',
      '• The parser is green.',
      '',
      '  Worked for 2s • 08:15',
      '',
      `  🔒  This conversation is open in another app${'r to retry'.padStart(Math.max(12, cols - 60))}`,
      '      Close it there and press R to continue here.',
      '',
      '   r retry   f fork   ←/esc command center   ^c/q exit   ^t transcript',
    ],
  },
];
