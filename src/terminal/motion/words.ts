import type { Moment } from './motion.ts';
import type { MoveKind } from './moves.ts';
import type { ScreenPart } from './parts.ts';

const WHAT: Record<MoveKind, string> = {
  turning: 'a sign turned',
  counting: 'digits counted',
  growing: 'text was written',
  redrawn: 'rows were redrawn',
};

const WHERE: Record<ScreenPart, string> = {
  agent: 'above the input',
  box: 'in the input',
  footer: 'below the input',
  title: 'in the title',
};

/** A move for a person, such as `digits counted below the input`. */
export const moveWords = ({ kind, part }: Pick<Moment, 'kind' | 'part'>): string =>
  `${WHAT[kind]} ${WHERE[part]}`;
