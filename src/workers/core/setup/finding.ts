import Type, { type Static } from 'typebox';
import { flag, list, noted, oneOf, text } from '../../../lib/shapes.ts';

/** The result of one check of the system. */
export const Finding = Type.Object(
  {
    check: text,
    ok: flag,
    severity: noted(
      oneOf(['info', 'warning', 'error']),
      'info: as it should be. warning: works, but not as it should. error: something will fail, or secrets are exposed.',
    ),
    found: noted(text, 'What was found, in one line.'),
    fix: noted(
      list(text),
      'Commands that fix it, one per entry, or that say more about a hint; empty if there is nothing to fix.',
    ),
  },
  { title: 'Finding' },
);
export type Finding = Static<typeof Finding>;

export const fine = (check: string, found: string): Finding => ({
  check,
  ok: true,
  severity: 'info',
  found,
  fix: [],
});

/** As it should be, and yet there is something to try. */
export const hint = (check: string, found: string, next: string): Finding => ({
  ...fine(check, found),
  fix: [next],
});

export const doubtful = (check: string, found: string, ...fix: string[]): Finding => ({
  check,
  ok: false,
  severity: 'warning',
  found,
  fix,
});

export const broken = (check: string, found: string, ...fix: string[]): Finding => ({
  check,
  ok: false,
  severity: 'error',
  found,
  fix,
});
