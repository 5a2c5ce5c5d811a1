import { type DrawnScreen, framed, rule } from './drawing.ts';

export const generalScreens: DrawnScreen[] = [
  {
    name: 'Gemini while idle',
    label: 'idle',
    draw: (cols) => [
      '✦ It is done.',
      '',
      ...framed(['>   Type your message or @path/to/file'], cols),
      ' ~/proj',
    ],
  },
  {
    name: 'Gemini while working',
    label: 'working',
    draw: (cols) => [
      ' ⠼ Reading the folder (esc to cancel, 12s)',
      '',
      ...framed(['>   Type your message or @path/to/file'], cols),
    ],
  },
  {
    name: 'Gemini asking to run a command',
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
    name: 'Gemini after an API error',
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
    name: 'Grok while working',
    label: 'working',
    draw: (cols) => [
      '  ⠴ Waiting for response… 1.8s      1.8s ⇣15.4k [stop]',
      ...framed(['❯ '], cols),
      '  Shift+Tab:mode │ Ctrl+x:shortcuts',
    ],
  },
  {
    name: 'Grok asking to run a command',
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
    name: 'Antigravity while working',
    label: 'working',
    draw: (cols) => ['> tidy up', '⣻  Generating...', rule(cols), '>', rule(cols), 'esc to cancel'],
  },
  {
    name: 'Antigravity while idle',
    label: 'idle',
    draw: (cols) => ['  All tidy.', rule(cols), '>', rule(cols), '? for shortcuts'],
  },
  { name: 'a plain agent while idle', label: 'idle', draw: () => ['ready', '> '] },
  { name: 'a plain agent while working', label: 'working', draw: () => ['> tidy up', 'Working...'] },
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
