import { type DrawnScreen, framed } from '../../../terminal/detection/testing/drawing.ts';

export const screens: DrawnScreen[] = [
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
