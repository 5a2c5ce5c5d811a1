import { type DrawnScreen, flow, framed } from '../../../terminal/detection/testing/drawing.ts';

const input = (cols: number, footer = '  Shift+Tab:mode  │  Ctrl+x:shortcuts', draft = ''): string[] => [
  ...framed([`❯ ${draft}`], cols - 2).map((row) => `  ${row}`),
  '',
  footer,
];
const user = (text: string): string[] => ['', `     ❯ ${text}`, ''];
const said = (text: string, cols: number): string[] => flow(text, cols - 12, '     ');
const busy = (what: string): string[] => ['', `    ⠹ ${what} 2.1s       2.4s ⇣1.2k [stop]`, ''];
const running = '  Shift+Tab:mode  │  Ctrl+c:cancel  │  Ctrl+x:shortcuts';
const gutter = (rows: string[]): string[] => [...rows.map((row) => `  ┃  ${row}`.trimEnd()), ''];

const permission = (about: string[], choices: string[]): string[] => [
  ...user('tidy up the cache'),
  ...busy('Clear the cache…'),
  ...gutter(['', ...about, '', ...choices, '']),
  `  1/${choices.length}:select  │  Tab:next option  │  Ctrl+c:cancel`,
];

const refused = (reason: string, cols: number): string[] => [
  ...user('tidy up the cache'),
  ...flow(reason, cols - 4, '  ┃  ', '  ┃  '),
  '',
  ...input(cols),
];

export const screens: DrawnScreen[] = [
  {
    name: 'a finished turn with a prompt that it suggests',
    label: 'idle',
    draw: (cols) => [
      ...user('tidy up the cache'),
      ...said('The cache is empty now.', cols),
      '',
      '     Worked for 4.2s',
      '',
      ...input(cols, '  Tab/→:accept suggestion  │  Shift+Tab:mode', 'Run the tests'),
    ],
  },
  {
    name: 'a cancelled turn',
    label: 'idle',
    draw: (cols) => [
      ...user('tidy up the cache'),
      ...said('Which of the two', cols),
      '',
      '     Turn cancelled by user in 1.6s.',
      '',
      ...input(cols),
    ],
  },
  {
    name: 'a running turn',
    label: 'working',
    draw: (cols) => [
      ...user('tidy up the cache'),
      ...said('I begin with the oldest entries', cols),
      ...busy('Responding…'),
      ...input(cols, running),
    ],
  },
  {
    name: 'a client that tries again',
    label: 'working',
    warning: 'retrying',
    draw: (cols) => [
      ...user('tidy up the cache'),
      ...busy('Server error (500) | Retrying (attempt 3)...'),
      ...input(cols, running),
    ],
  },
  {
    name: 'a command to approve',
    label: 'approval',
    question: 'Clear the cache rm -r .cache',
    choices: 4,
    selected: 'Yes, proceed',
    draw: () =>
      permission(
        ['Clear the cache', 'rm -r .cache', '← → narrow scope'],
        [
          "1 (○) Yes, and don't ask again for anything (always-approve mode)",
          '2 (●) Yes, proceed',
          '3 (○) No, reject (type to add feedback)',
          '4 (○) Never allow: rm',
        ],
      ),
  },
  {
    name: 'an edit to approve',
    label: 'approval',
    question: 'Allow Edit to notes.txt?',
    choices: 3,
    selected: 'Yes',
    draw: () =>
      permission(
        ['Allow Edit to notes.txt?'],
        [
          "1 (○) Yes, and don't ask again for anything (always-approve mode)",
          '2 (●) Yes',
          '3 (○) No, reject (type to add feedback)',
        ],
      ),
  },
  {
    name: 'a question with choices',
    label: 'question',
    question: 'Which cache is meant?',
    choices: 3,
    selected: 'the one of the build',
    draw: () => [
      ...user('tidy up the cache'),
      ...busy('Waiting on answers for Which cache is meant?'),
      ...gutter([
        '',
        'Which cache is meant?',
        '',
        '1 (●) the one of the build  It is rebuilt at once',
        '2 (○) the one of the tests  It takes a minute',
        'z (○) Type your answer here',
        '',
        '↑/↓ navigate · y copy        Enter:submit',
        '',
      ]),
      '  Tab:next answer  │  Esc:scrollback  │  Shift+x:dismiss',
    ],
  },
  {
    name: 'a question in prose, with the time of day in its row',
    label: 'question',
    draw: (cols) => [
      ...user('tidy up the cache'),
      `     ${'Which cache do you mean?'.padEnd(cols - 20)}  6:52 PM`,
      '',
      '     Worked for 0.2s',
      '',
      ...input(cols),
    ],
  },
  {
    name: 'a request that is refused for its pace',
    label: 'limit',
    draw: (cols) => refused('Retry failed: rate_limit_exceeded: Too many requests of this team.', cols),
  },
  {
    name: 'a quota that is used up',
    label: 'limit',
    draw: (cols) => refused('Retry failed: insufficient_quota: The credits of this team are used up.', cols),
  },
  {
    name: 'a key that is not accepted',
    label: 'error',
    draw: (cols) =>
      refused('Authentication required: your credentials were rejected. Run /login to sign in again.', cols),
  },
  {
    name: 'nobody signed in',
    label: 'error',
    startup: 'login',
    draw: (cols) => [
      '',
      '          Login with Grok              l',
      '          Quit                         q',
      '',
      '',
      ...input(cols, '   Grok Build  1.0.41', 'Type a message...'),
    ],
  },
  {
    name: 'a turn whose seconds have scrolled away',
    label: 'working',
    draw: (cols) => [...user('tidy up the cache'), ...said('I begin', cols), '', ...input(cols, running)],
  },
  {
    name: 'the end of the program, with the session to go on with',
    label: 'exited',
    draw: (cols) => [
      ...said('The cache is empty now.', cols),
      '',
      'To continue this session:',
      '  grok --resume 01a22dda-fc31-7103-83dd-122ec6f63cac',
    ],
  },
  {
    name: 'a program that has ended, as tmux says it',
    label: 'exited',
    draw: (cols) => [
      ...user('tidy up the cache'),
      ...input(cols),
      '',
      'Pane is dead (status 0, Mon Nov 30 20:00:00 2026)',
    ],
  },
];
