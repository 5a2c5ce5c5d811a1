import { flow, rule } from '../../../terminal/detection/testing/drawing.ts';

export const box = (cols: number, footer = '  ? for shortcuts', draft = ''): string[] => [
  rule(cols),
  `❯ ${draft}`.trimEnd(),
  rule(cols),
  footer,
];

export const answer = (cols: number, text: string): string[] => [
  '❯ please look into the build',
  '',
  ...flow(text, cols, '● ', '  '),
  '',
];
