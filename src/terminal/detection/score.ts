import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import Type, { type Static } from 'typebox';
import Value from 'typebox/value';
import { AgentPoolError } from '../../lib/errors.ts';
import { count, keyed, noted, nullable } from '../../lib/shapes.ts';
import { Label } from './classification-schema.ts';
import { classify } from './classify.ts';
import type { RuleSet } from './rule-set.ts';
import { screenFromText } from './screen-from-text.ts';

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
  },
  { title: 'Score', description: 'With `--screens`: how well the rules do.' },
);
export type Score = Static<typeof Score>;

const Entry = Type.Object({
  file: Type.String(),
  provider: Type.String(),
  label: Type.String(),
  ansi: Type.Optional(Type.Boolean()),
  title: Type.Optional(Type.String()),
});
const Index = Type.Array(Entry);

/**
 * Classifies every labelled screen of a folder with an index.json ([{file, provider, label, ansi?, title?}]). Throws
 * SCREENS_INVALID for an index of another shape.
 */
export function score(folder: string, loadFor: (provider: string) => RuleSet): Score {
  const sets = new Map<string, RuleSet>();
  const rulesFor = (provider: string): RuleSet => {
    const rules = sets.get(provider) ?? loadFor(provider);
    sets.set(provider, rules);
    return rules;
  };
  const screens = readIndex(folder).map(({ file, provider, label, ansi, title }): ScoredScreen => {
    const text = readFileSync(join(folder, file), 'utf8');
    const screen = screenFromText(text, {
      ...(ansi === undefined ? {} : { ansi }),
      ...(title ? { title } : {}),
    });
    const classification = classify(screen, rulesFor(provider));
    return { file, provider, label, judged: classification.label, rule: classification.rule ?? null };
  });
  const right = screens.filter((screen) => screen.judged === screen.label).length;
  return {
    screens,
    accuracy: screens.length === 0 ? 0 : right / screens.length,
    confusion: confusionOf(screens),
  };
}

function readIndex(folder: string) {
  const path = join(folder, 'index.json');
  const content: unknown = JSON.parse(readFileSync(path, 'utf8'));
  if (Value.Check(Index, content)) return content;
  const first = [...Value.Errors(Index, content)][0];
  throw new AgentPoolError(
    'SCREENS_INVALID',
    `${path}: ${first?.instancePath ?? ''} ${first?.message ?? 'not a list of screens'}`,
    {
      example: '[{"file": "a.txt", "provider": "claude-code", "label": "idle"}]',
    },
  );
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
