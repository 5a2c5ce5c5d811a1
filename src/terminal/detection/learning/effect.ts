import type { Screen } from '../../screen/screen.ts';
import type { Label } from '../classification-schema.ts';
import { classify } from '../classify.ts';
import type { RuleSet } from '../rules/rule-set.ts';

/** A screen that was shown once. */
export interface KeptScreen {
  /** Where it is kept, for a person: a file, or a session with a time. */
  where: string;
  screen: Screen;
  /** What the agent was, where a person has said so. */
  label: Label | null;
}

/** A screen that is read in another way. */
export interface ChangedReading {
  where: string;
  label: Label | null;
  before: Label;
  after: Label;
  /** The row that the new reading is based on. */
  evidence: string;
}

/** What other rules would change for screens that are kept, in their order. Pure. */
export function effectOf(kept: readonly KeptScreen[], before: RuleSet, after: RuleSet): ChangedReading[] {
  return kept.flatMap(({ where, screen, label }) => {
    const [old, now] = [classify(screen, before), classify(screen, after)];
    if (old.label === now.label) return [];
    return [{ where, label, before: old.label, after: now.label, evidence: now.evidence.at(-1) ?? '' }];
  });
}

/** Whether a change makes a screen wrong of which a person has said what it is. */
export const isWorse = ({ label, after }: ChangedReading): boolean => label !== null && after !== label;
