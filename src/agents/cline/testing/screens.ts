import { type DrawnScreen, flow, rule } from '../../../terminal/detection/testing/drawing.ts';

const FOOTER = [
  ' mock (100) $0.00             ○ Plan ● Act (Tab)',
  ' proj (main)',
  ' Auto-approve all disabled (Shift+Tab)',
];

const input = (cols: number): string[] => [rule(cols), '❯ Ask anything...', rule(cols), ...FOOTER];

const ASKED = ' ❯ put the words into the file';

export const screens: DrawnScreen[] = [
  {
    name: 'at its start (3.0.65)',
    label: 'idle',
    draw: (cols) => [
      ' What can I do for you?',
      '',
      ' Use / for slash commands, @ for file mentions, Ctrl+P for menu',
      '',
      rule(cols),
      '❯ What can I do for you?',
      rule(cols),
      ...FOOTER,
    ],
  },
  {
    name: 'at rest after a turn (3.0.65)',
    label: 'idle',
    draw: (cols) => [ASKED, '', ' * The words are in the file now.', '', ...input(cols)],
  },
  {
    name: 'at work (3.0.65)',
    label: 'working',
    draw: (cols) => [ASKED, '', ' ⠼ Thinking... (esc to cancel)', '', ...input(cols)],
  },
  {
    name: 'an answer that is being written (3.0.65)',
    label: 'working',
    draw: (cols) => [
      ASKED,
      '',
      ' ⠇ The words go into the file that is read first, and each of them',
      '   has a line of its own, so that',
      '',
      ...input(cols),
    ],
  },
  {
    name: 'a command that waits for a yes (3.0.65)',
    label: 'approval',
    question: 'Approve tool call?',
    choices: 2,
    draw: () => [
      ASKED,
      ' ⠼ Thinking... (esc to cancel)',
      '',
      ' Cline needs permission',
      '',
      ' Approve tool call?',
      '',
      ' run_commands',
      '',
      '   $ make words',
      '',
      '  [y] Approve   [n] Deny',
      '',
      ...FOOTER,
    ],
  },
  {
    name: 'a tool call that was denied (3.0.65)',
    label: 'idle',
    draw: (cols) => [
      ASKED,
      '',
      ' x run_commands(make words)',
      '      Error: This tool call was rejected by the user and not executed.',
      '',
      ' * I have changed nothing.',
      '',
      ...input(cols),
    ],
  },
  {
    name: 'a form with a question (3.0.65)',
    label: 'question',
    draw: () => [
      ASKED,
      '',
      ' ⠧ ask_question(Which words are meant?)',
      '',
      ' Cline is asking a question',
      '',
      ' Which words are meant?',
      '',
      '  > the long ones',
      '    the short ones',
      '    Type a response...',
      '',
      ...FOOTER,
    ],
  },
  {
    name: 'a question in its last words (3.0.65)',
    label: 'question',
    draw: (cols) => [
      ASKED,
      '',
      ...flow('* Both files have words. Which one do you want to change?', cols, ' ', '   '),
      '',
      ...input(cols),
    ],
  },
  {
    name: 'a key that is not accepted (3.0.65)',
    label: 'error',
    draw: (cols) => [
      ASKED,
      '',
      ...flow('* Error: The key is not valid. Pass a valid one.', cols, ' ', '   '),
      '',
      ...input(cols),
    ],
  },
  {
    name: 'an offer over the input (3.0.65)',
    label: 'approval',
    startup: 'first_run',
    draw: (cols) => [
      '     Try ClinePass',
      '',
      '     https://app.cline.bot/dashboard/subscription?',
      `${rule(20)}                 ${rule(cols - 40)}`,
      '❯ Wh  Open ClinePass',
      `${rule(20)}                 ${rule(cols - 40)}`,
      '     Press Enter to open, any other key to close',
      ...FOOTER,
    ],
  },
  {
    name: 'nobody signed in (drawn only)',
    label: 'error',
    startup: 'login',
    draw: () => [
      ' How do you want to get started?',
      '',
      '  > Sign in with Cline',
      '    Sign in with ChatGPT',
      '    Bring your own provider',
      '',
    ],
  },
  {
    name: 'a turn that a quota has ended (drawn only)',
    label: 'limit',
    draw: (cols) => [
      ASKED,
      '',
      ...flow('* Error: 429 You have exceeded your quota.', cols, ' '),
      '',
      ...input(cols),
    ],
  },
];
