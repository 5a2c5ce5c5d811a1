import Type, { type Static } from 'typebox';
import { count, keyed, noted, nullable } from '../../../lib/shapes.ts';
import { Label } from '../classification-schema.ts';
import { classify } from '../classify.ts';
import type { RuleSet } from '../rules/rule-set.ts';
import { labelledScreens, screenIn } from './labelled-screens.ts';

export const ScoredScreen = Type.Object(
  {
    file: Type.String(),
    provider: Type.String(),
    label: Type.String(),
    judged: Label,
    rule: noted(nullable(Type.String()), 'The rule that matched; null when no rule matched the screen.'),
  },
  { title: 'ScoredScreen' },
);
export type ScoredScreen = Static<typeof ScoredScreen>;

export const Score = Type.Object(
  {
    screens: Type.Array(ScoredScreen),
    accuracy: noted(Type.Number(), 'Share of screens classified exactly as labelled, 0 to 1.'),
    confusion: noted(keyed(keyed(count)), 'label -> classified as -> number of screens.'),
    providers: noted(
      keyed(Type.Object({ screens: count, right: count, misjudged_alive: count })),
      'By provider; `misjudged_alive`: workers that were taken for failed or gone, although they were neither.',
    ),
  },
  { title: 'Score', description: 'With `--screens`: how well the rules do.' },
);
export type Score = Static<typeof Score>;

/**
 * Classifies every labelled screen of a folder with an index.json ([{file, provider, label, ansi?, title?}], or
 * that list as `screens`). Throws SCREENS_INVALID for an index of another shape.
 */
export function score(folder: string, loadFor: (provider: string) => RuleSet): Score {
  const sets = new Map<string, RuleSet>();
  const rulesFor = (provider: string): RuleSet => {
    const rules = sets.get(provider) ?? loadFor(provider);
    sets.set(provider, rules);
    return rules;
  };
  const screens = labelledScreens(folder).map((labelled): ScoredScreen => {
    const { file, provider, label } = labelled;
    const classification = classify(screenIn(folder, labelled), rulesFor(provider));
    return { file, provider, label, judged: classification.label, rule: classification.rule ?? null };
  });
  const right = screens.filter((screen) => screen.judged === screen.label).length;
  return {
    screens,
    accuracy: screens.length === 0 ? 0 : right / screens.length,
    confusion: confusionOf(screens),
    providers: providersOf(screens),
  };
}

function confusionOf(screens: ScoredScreen[]): Score['confusion'] {
  const confusion: Score['confusion'] = {};
  for (const { label, judged } of screens) {
    const row = confusion[label] ?? {};
    confusion[label] = row;
    row[judged] = (row[judged] ?? 0) + 1;
  }
  return confusion;
}

const ALIVE = ['working', 'idle', 'question', 'approval'];

function providersOf(screens: ScoredScreen[]): Score['providers'] {
  const providers: Score['providers'] = {};
  for (const { provider, label, judged } of screens) {
    const row = providers[provider] ?? { screens: 0, right: 0, misjudged_alive: 0 };
    providers[provider] = row;
    row.screens++;
    if (judged === label) row.right++;
    if (ALIVE.includes(label) && (judged === 'error' || judged === 'exited')) row.misjudged_alive++;
  }
  return providers;
}
