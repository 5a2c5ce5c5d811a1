import { type DrawnScreen, flow, rule } from '../../../terminal/detection/testing/drawing.ts';

const input = (cols: number, says = ''): string[] => [
  says === '' ? rule(cols) : `── ${says} ${rule(cols - says.length - 4)}`,
  '',
  rule(cols),
  '~/proj (main)',
  '↑40 ↓10 R60 CH60.0% 0.1%/128k (auto)   mock',
];

const ASKED = ' put the words into the file';
const REFUSAL =
  '{"type":"rate_limit_exceeded","code":null,"message":"This request would exceed your rate limit."}';

export const screens: DrawnScreen[] = [
  {
    name: 'at its start (1.6.0)',
    label: 'idle',
    draw: (cols) => [
      ' pi v1.6.0',
      ...flow('escape interrupt · ctrl+c/ctrl+d clear/exit · / commands · ! bash · ctrl+o more', cols, ' '),
      '',
      ' Warning: fd not found. Offline mode enabled, skipping download.',
      '',
      ...input(cols),
    ],
  },
  {
    name: 'at rest after a turn (1.6.0)',
    label: 'idle',
    draw: (cols) => [
      ASKED,
      '',
      ' $ make words',
      '',
      ' Took 0.2s',
      '',
      ' The words are in the file now.',
      '',
      ...input(cols),
    ],
  },
  {
    name: 'at work (1.6.0)',
    label: 'working',
    draw: (cols) => [ASKED, '', ' Which of them is it?', '', ...input(cols, '⠙ Working')],
  },
  {
    name: 'a client that tries again (1.6.0)',
    label: 'working',
    warning: 'retrying',
    draw: (cols) => [
      ASKED,
      '',
      ...flow(`Error: 429: ${REFUSAL}`, cols, ' '),
      '',
      ...input(cols, '⠹ Retrying (1/3) in 2s... (escape to cancel)'),
    ],
  },
  {
    name: 'an interrupted turn (1.6.0)',
    label: 'idle',
    draw: (cols) => [ASKED, '', ' Which of them is it', '', ' Operation aborted', '', ...input(cols)],
  },
  {
    name: 'a question in its last words (1.6.0)',
    label: 'question',
    draw: (cols) => [
      ASKED,
      '',
      ...flow('Both files have words. Which one do you want to change?', cols, ' '),
      '',
      ...input(cols),
    ],
  },
  {
    name: 'a turn that was given up on a 429 (1.6.0)',
    label: 'limit',
    draw: (cols) => [
      ASKED,
      '',
      ...flow(`Error: 429: ${REFUSAL}`, cols, ' '),
      '',
      ...flow(`Error: Retry failed after 3 attempts: 429: ${REFUSAL}`, cols, ' '),
      '',
      ...input(cols),
    ],
  },
  {
    name: 'a used-up quota, with an offer to report it (1.6.0)',
    label: 'limit',
    draw: (cols) => [
      ASKED,
      '',
      ...flow(
        'Error: 429: {"type":"insufficient_quota","message":"You exceeded your current quota."}',
        cols,
        ' ',
      ),
      '',
      ...flow('If this looks like a pi bug, /bug sends a report to the developers.', cols, ' '),
      '',
      ...input(cols),
    ],
  },
  {
    name: 'an API that fails (1.6.0)',
    label: 'error',
    draw: (cols) => [
      ASKED,
      '',
      ...flow('Error: Retry failed after 3 attempts: 500: {"message":"Internal server error"}', cols, ' '),
      '',
      ...input(cols),
    ],
  },
  {
    name: 'a project that brings settings of its own (drawn only)',
    label: 'approval',
    startup: 'trust_folder',
    draw: (cols) => [
      rule(cols),
      ' Trust this project?',
      '',
      ...flow('It contains project-local settings and extensions.', cols, ' '),
      '',
      ' → Yes, trust this project',
      '   No, ignore them',
      '',
      ' enter to select · escape to cancel',
      rule(cols),
    ],
  },
];
