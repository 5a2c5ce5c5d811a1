import type { Judgement, Label } from '../../terminal/detection/judge.ts';

/** What a screen was judged to be, with nothing else known of it. */
export const judged = (label: Label, more: Partial<Judgement> = {}): Judgement => ({
  label,
  warnings: [],
  overage: false,
  rule: `${label}-rule`,
  region: 'turn',
  evidence: [label],
  others: [],
  regions: {},
  ...more,
});
