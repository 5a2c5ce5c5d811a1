import type { Classification, Label } from '../../terminal/detection/classify.ts';

/** The classification of a screen, with plain values for everything that a test does not set. */
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
