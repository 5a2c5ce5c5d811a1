import type { Classification, Label } from '../../terminal/detection/classify.ts';

/** What a screen was judged to be, with nothing else known of it. */
export const classified = (label: Label, more: Partial<Classification> = {}): Classification => ({
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
