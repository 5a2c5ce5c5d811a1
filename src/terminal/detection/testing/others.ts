import { type Drawn, flow, framed, rule } from './drawing.ts';

const cursorInput = (cols: number, text: string): string[] => [
  `┌${'─'.repeat(cols - 2)}┐`,
  `│ → ${text.padEnd(cols - 6)} │`,
  `└${'─'.repeat(cols - 2)}┘`,
  '  Auto',
  '  / for commands · @ for files',
];

export const cursorScreens: Drawn[] = [
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

export const devinScreens: Drawn[] = [
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

export const droidScreens: Drawn[] = [
  {
    name: 'a fresh input',
    label: 'idle',
    draw: (cols) => [' Auto (Off)', ...framed(['> Try "explain this file"'], cols), ' ? for help'],
  },
  {
    name: 'a running turn',
    label: 'working',
    draw: (cols) => [' ⠋ Thinking...  (Press ESC to stop)', '', ...framed(['> '], cols), ' ? for help'],
  },
  {
    name: 'a command to approve',
    label: 'approval',
    draw: (cols) => [
      ...framed(
        [
          'EXECUTE  (npm publish)',
          '',
          '> Yes, allow',
          '  Yes, and always allow low impact commands',
          '  No, cancel',
          '',
          'Use ↑↓ to navigate, Enter to select, Esc to cancel',
        ],
        cols,
      ),
    ],
  },
  {
    name: 'nobody logged in',
    label: 'error',
    draw: () => ['Please login with your Factory account to continue.', '', '> Login', '  Exit'],
  },
];

export const generalScreens: Drawn[] = [
  {
    name: 'Gemini at rest',
    label: 'idle',
    draw: (cols) => [
      '✦ It is done.',
      '',
      ...framed(['>   Type your message or @path/to/file'], cols),
      ' ~/proj',
    ],
  },
  {
    name: 'Gemini at work',
    label: 'working',
    draw: (cols) => [
      ' ⠼ Reading the room (esc to cancel, 12s)',
      '',
      ...framed(['>   Type your message or @path/to/file'], cols),
    ],
  },
  {
    name: 'Gemini before a command',
    label: 'approval',
    choices: 3,
    draw: (cols) => [
      ...framed(
        [
          '?  Shell rm -r dist',
          '',
          'Allow execution of: ’rm’?',
          '',
          '● 1. Allow once',
          '  2. Allow for this session',
          '  3. No, suggest changes (esc)',
        ],
        cols,
      ),
      '⠏ Waiting for user confirmation...',
    ],
  },
  {
    name: 'Gemini without a login',
    label: 'error',
    startup: 'login',
    draw: (cols) =>
      framed(
        [
          '? Get started',
          '',
          'How would you like to authenticate for this project?',
          '',
          '● 1. Sign in with Google',
          '  2. Use Gemini API Key',
        ],
        cols,
      ),
  },
  {
    name: 'Gemini after a refusal',
    label: 'error',
    draw: (cols) => [
      '> go on',
      '',
      '✕ [API Error: got status 500]',
      '',
      ...framed(['>   Type your message or @path/to/file'], cols),
    ],
  },
  {
    name: 'Grok at work',
    label: 'working',
    draw: (cols) => [
      '  ⠴ Waiting for response… 1.8s      1.8s ⇣15.4k [stop]',
      ...framed(['❯ '], cols),
      '  Shift+Tab:mode │ Ctrl+x:shortcuts',
    ],
  },
  {
    name: 'Grok before a command',
    label: 'approval',
    choices: 2,
    draw: () => [
      '  ┃  rm -r dist',
      '  ┃',
      '  ┃  1 (●) Yes, proceed',
      '  ┃  2 (○) No, reject',
      '',
      '  1/2:select  │  Ctrl+c:cancel',
    ],
  },
  {
    name: 'Antigravity at work',
    label: 'working',
    draw: (cols) => ['> tidy up', '⣻  Generating...', rule(cols), '>', rule(cols), 'esc to cancel'],
  },
  {
    name: 'Antigravity at rest',
    label: 'idle',
    draw: (cols) => ['  All tidy.', rule(cols), '>', rule(cols), '? for shortcuts'],
  },
  { name: 'a plain agent at rest', label: 'idle', draw: () => ['ready', '> '] },
  { name: 'a plain agent at work', label: 'working', draw: () => ['> tidy up', 'Working...'] },
  {
    name: 'a plain question',
    label: 'question',
    question: 'Which port?',
    draw: () => ['> tidy up', 'Working...', 'QUESTION: Which port?', '> '],
  },
  {
    name: 'a plain question without a prompt',
    label: 'question',
    question: 'Which port?',
    draw: () => ['Working...', 'QUESTION: Which port?'],
  },
  {
    name: 'a plain question that has its answer',
    label: 'working',
    draw: () => ['QUESTION: Which port?', '> 8080', 'Working...'],
  },
  {
    name: 'a plain question answered long ago',
    label: 'idle',
    draw: () => ['QUESTION: Which port?', '> 8080', 'It is set.', '> '],
  },
  {
    name: 'a plain approval',
    label: 'approval',
    question: 'rm -r dist',
    draw: () => ['Working...', 'APPROVAL REQUIRED: rm -r dist', '[y/N] '],
  },
  {
    name: 'a plain approval that has its answer',
    label: 'working',
    draw: () => ['APPROVAL REQUIRED: rm -r dist', '[y/N] y', 'Working...'],
  },
  {
    name: 'a plain limit',
    label: 'limit',
    resets: '14:05',
    draw: () => ['> tidy up', "You've hit your usage limit. It resets at 14:05", '> '],
  },
  { name: 'a shell', label: 'exited', draw: () => ['bye', 'dev@box:~/proj$ '] },
  {
    name: 'a pane that died',
    label: 'exited',
    draw: () => ['bye', '', 'Pane is dead (status 0, Mon Nov 23 02:30:02 2026)'],
  },
];
