export type { Counts, Quality, Quota, Stats, TokenFigures } from './stats-schema.ts';

export const sections = [
  'sessions',
  'parallelism',
  'walls',
  'quota',
  'utilization',
  'tokens',
  'days',
] as const;
export type Section = (typeof sections)[number];
