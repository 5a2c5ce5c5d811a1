import Type, { type Static } from 'typebox';
import { flag, list, noted, oneOf, text } from '../../lib/shapes.ts';

/** What one look at the system came to. */
export const Finding = Type.Object(
  {
    check: text,
    ok: flag,
    severity: noted(
      oneOf(['info', 'warning', 'error']),
      'info: as it should be. warning: works, but not as it should. error: something will fail, or secrets lie open.',
    ),
    found: noted(text, 'One line: what is the case.'),
    mend: noted(list(text), 'Commands that mend it, each on its own; empty where there is nothing to mend.'),
  },
  { title: 'Finding' },
);
export type Finding = Static<typeof Finding>;

export const fine = (check: string, found: string): Finding => ({
  check,
  ok: true,
  severity: 'info',
  found,
  mend: [],
});

export const doubtful = (check: string, found: string, ...mend: string[]): Finding => ({
  check,
  ok: false,
  severity: 'warning',
  found,
  mend,
});

export const broken = (check: string, found: string, ...mend: string[]): Finding => ({
  check,
  ok: false,
  severity: 'error',
  found,
  mend,
});
