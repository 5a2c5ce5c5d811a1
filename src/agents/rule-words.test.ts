import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { describe, it } from 'node:test';
import { parse } from 'yaml';
import { withoutMark } from '../terminal/detection/rules/compile.ts';
import { neededWordsOf, patternsIn } from '../terminal/detection/rules/needed-words.ts';
import { RulePattern } from '../terminal/detection/rules/rule-pattern.ts';
import type { RuleFile } from '../terminal/detection/rules/schema.ts';
import { builtinRules } from './screen-rules.ts';
import { drawnScreens } from './testing/drawn-screens.ts';

const screens = Object.values(drawnScreens).flatMap((each) => each.map(({ draw }) => draw(100)));
/** What patterns are tried on: rows as they are drawn, and whole screens as one line. */
const texts = [...new Set([...screens.flat(), ...screens.map((rows) => rows.join(' '))])];

for (const provider of builtinRules.providers()) {
  const content = parse(readFileSync(builtinRules.fileFor(provider) ?? '', 'utf8')) as RuleFile;
  const words = neededWordsOf(content);
  describe(`a pattern of the rules for ${provider}`, () => {
    it('matches no text that lacks the words that it needs', () => {
      for (const source of new Set(patternsIn(content))) {
        const { text: pattern, ignoresCase } = withoutMark(source);
        const flags = ignoresCase ? 'iu' : 'u';
        const known = RulePattern.lazily(pattern, flags, words[source] ?? null);
        const compiled = new RegExp(pattern, flags);
        for (const text of texts) if (!known.mayMatch(text)) assert.ok(!compiled.test(text), source);
      }
    });
  });
}
