import { type DrawnScreen, flow, framed, rule } from '../../../terminal/detection/testing/drawing.ts';

const said = (text: string, cols: number): string[] => [
  rule(cols, '▄'),
  ...flow(text, cols - 1, ' > ', '   '),
  rule(cols, '▀'),
];

const input = (cols: number, text = '  Type your message or @path/to/file'): string[] => [
  rule(cols),
  ' Shift+Tab to accept edits',
  rule(cols, '▄'),
  ` > ${text}`,
  rule(cols, '▀'),
  ' workspace (/directory)     branch     sandbox       /model',
  ' ~/proj                     main       no sandbox    gemini-2.5-pro',
];

const ASKED = 'put the words into the file';

export const screens: DrawnScreen[] = [
  {
    name: 'at rest after a turn (0.61.0)',
    label: 'idle',
    draw: (cols) => [
      ...said(ASKED, cols),
      ...flow('✦ The words are in the file now, and nothing else has changed.', cols),
      '',
      ...input(cols),
    ],
  },
  {
    name: 'at work (0.61.0)',
    label: 'working',
    draw: (cols) => [
      ...said(ASKED, cols),
      '✦ I will look first.',
      '',
      ' ⠼ Thinking... (esc to cancel, 12s)',
      ...input(cols),
    ],
  },
  {
    name: 'a refused request that is repeated without a word (0.61.0)',
    label: 'working',
    draw: (cols) => [
      ...said('a question at the end, should it wait?', cols),
      '',
      ' ⠹ Thinking... (esc to cancel, 1m 20s)',
      ...input(cols),
    ],
  },
  {
    name: 'an interrupted turn (0.61.0)',
    label: 'idle',
    draw: (cols) => [
      ...said(ASKED, cols),
      '✦ Which of them is it',
      '',
      'ℹ Request cancelled.',
      '',
      ...input(cols),
    ],
  },
  {
    name: 'a command that waits for a yes (0.61.0)',
    label: 'approval',
    question: 'Allow execution of [Shell]?',
    selected: 'Allow once',
    choices: 3,
    draw: (cols) => [
      ...said(ASKED, cols),
      '',
      ...framed(
        [
          '? Shell  make words',
          '',
          'make words',
          'Allow execution of [Shell]?',
          '',
          '● 1. Allow once',
          '  2. Allow for this session',
          '  3. No, suggest changes (esc)',
        ],
        cols,
      ),
    ],
  },
  {
    name: 'a change that waits for a yes (0.61.0)',
    label: 'approval',
    question: 'Apply this change?',
    choices: 4,
    draw: (cols) => [
      ...said(ASKED, cols),
      '',
      ...framed(
        [
          '? WriteFile  Writing to words.txt',
          '',
          '1 a word',
          'Apply this change?',
          '',
          '● 1. Allow once',
          '  2. Allow for this session',
          '  3. Modify with external editor',
          '  4. No, suggest changes (esc)',
        ],
        cols,
      ),
    ],
  },
  {
    name: 'a form with a question (0.61.0)',
    label: 'question',
    question: 'Which words are meant?',
    choices: 3,
    draw: (cols) => [
      ...said(ASKED, cols),
      '',
      ...framed(
        [
          'Answer Questions',
          '',
          'Which words are meant?',
          '',
          '● 1.  The long ones',
          '  2.  The short ones',
          '  3.  Enter a custom value',
          '',
          'Enter to select · ↑/↓ to navigate · Esc to cancel',
        ],
        cols,
      ),
    ],
  },
  {
    name: 'a question in its last words (0.61.0)',
    label: 'question',
    draw: (cols) => [
      ...said(ASKED, cols),
      '✦ Both files have words. Which one do you want to change?',
      '',
      ...input(cols),
    ],
  },
  {
    name: 'the trust of the folder (0.61.0)',
    label: 'approval',
    startup: 'trust_folder',
    choices: 3,
    draw: (cols) =>
      framed(
        [
          '',
          'Do you trust the files in this folder?',
          '',
          '● 1. Trust folder (proj)',
          '  2. Trust parent folder (home)',
          "  3. Don't trust",
          '',
        ],
        cols,
      ),
  },
  {
    name: 'at rest below the answered dialog of its start (0.61.0)',
    label: 'idle',
    draw: (cols) => [
      ...framed(
        ['Do you trust the files in this folder?', '', '● 1. Trust folder (proj)', "  2. Don't trust"],
        cols,
      ),
      ' Gemini CLI is restarting to apply the trust changes...',
      '',
      ...input(cols),
    ],
  },
  {
    name: 'the menu of a used-up quota (0.61.0)',
    label: 'limit',
    draw: (cols) => [
      ...said(ASKED, cols),
      '',
      ...framed(
        [
          '',
          'Usage limit reached for all Pro models.',
          '/stats model for usage details',
          '/model to switch models.',
          '',
          '● 1. Keep trying',
          '  2. Stop',
          '',
        ],
        cols,
      ),
    ],
  },
  {
    name: 'a key that is not accepted (0.61.0)',
    label: 'error',
    draw: (cols) => [
      ...said(ASKED, cols),
      '✕ [API Error: API key not valid. Please pass a valid API key.]',
      '',
      ...input(cols),
    ],
  },
  {
    name: 'a turn that a quota has ended (0.61.0)',
    label: 'limit',
    draw: (cols) => [
      ...said(ASKED, cols),
      '✕ [API Error: You have exhausted your daily quota on this model.]',
      '',
      ...input(cols),
    ],
  },
  {
    name: 'a loop that it suspects (drawn only)',
    label: 'approval',
    draw: (cols) => [
      ...said(ASKED, cols),
      '',
      ...framed(
        [
          'A potential loop was detected',
          '',
          'Do you want to keep loop detection enabled or disable it for this session?',
          '',
          '● 1. Keep loop detection enabled (esc)',
          '  2. Disable loop detection for this session',
        ],
        cols,
      ),
    ],
  },
  {
    name: 'a client that says how often it has tried (drawn only)',
    label: 'working',
    warning: 'retrying',
    draw: (cols) => [
      ...said(ASKED, cols),
      '',
      ' ⠹ Trying to reach gemini-2.5-pro (Attempt 2/10) (esc to cancel, 20s)',
      ...input(cols),
    ],
  },
];
